"use client";

import type { KeyViewer } from "@/components/api-keys/rights";
import type { MemberNames } from "@/components/api-keys/use-member-names";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

type CreatorFieldProps = {
  value: string | null;
  viewer: KeyViewer;
  members: MemberNames;
  onChange: (id: string | null) => void;
};

/** Who made the keys: anyone, oneself, or, for who may list the members, one of them. */
export function CreatorField({ value, viewer, members, onChange }: CreatorFieldProps) {
  const others = [...(members ?? [])].filter(([id]) => id !== viewer.id);
  const isListed = value === null || value === viewer.id || others.some(([id]) => id === value);
  return (
    <Field label="Created by">
      <Select value={value ?? ""} onChange={(event) => onChange(event.target.value || null)}>
        <option value="">Anyone</option>
        <option value={viewer.id}>Me</option>
        {isListed ? null : <option value={value}>{creatorName(value, viewer, members)}</option>}
        {others.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** The creator in words, as far as this member may know. */
export function creatorName(id: string, viewer: KeyViewer, members: MemberNames): string {
  if (id === viewer.id) return "me";
  return members?.get(id) ?? (id.startsWith("key_") ? `API key ${id}` : "another member");
}
