"use client";

import { useState } from "react";
import { CheckboxField } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";

export type OfferedSubaccount = { id: string; name: string; external_id: string | null };

type SubaccountPickerProps = {
  subaccounts: readonly OfferedSubaccount[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
  /** What it means that there is none to choose from. */
  none: string;
  /** What the choice amounts to, told as it changes. */
  summary: string;
};

/** Some of the subaccounts. With more than a few there is a field that finds them. */
export function SubaccountPicker({ subaccounts, chosen, onChange, none, summary }: SubaccountPickerProps) {
  const [search, setSearch] = useState("");
  if (subaccounts.length === 0) return <p className="text-sm text-text-muted">{none}</p>;

  const wanted = search.trim().toLowerCase();
  const found = subaccounts.filter(({ name, external_id }) =>
    [name, external_id ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
  const toggle = (id: string, on: boolean) => onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id));

  return (
    <div className="flex flex-col gap-2">
      {subaccounts.length > 6 ? (
        <Input
          type="search"
          aria-label="Find a subaccount"
          placeholder="Find a subaccount"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      ) : null}
      <div className="flex max-h-52 flex-col gap-2 overflow-y-auto rounded-md border border-border p-3">
        {found.map(({ id, name, external_id }) => (
          <CheckboxField
            key={id}
            checked={chosen.includes(id)}
            onChange={(event) => toggle(id, event.target.checked)}
            label={name}
            hint={external_id ?? undefined}
          />
        ))}
        {found.length === 0 ? <p className="text-sm text-text-muted">No subaccount matches.</p> : null}
      </div>
      <p role="status" className="text-sm text-text-muted">
        {summary}
      </p>
    </div>
  );
}
