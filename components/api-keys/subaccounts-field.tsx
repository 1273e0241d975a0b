"use client";

import { useState } from "react";
import { Controller } from "react-hook-form";
import { type KeyFormOptions, listError, useKeyFields } from "@/components/api-keys/key-form";
import { CheckboxField } from "@/components/ui/checkbox";
import { Fieldset } from "@/components/ui/fieldset";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";

/** All subaccounts that the creator can access, or some of them. */
export function SubaccountsField({ subaccounts, viewer }: Pick<KeyFormOptions, "subaccounts" | "viewer">) {
  const { control, watch, formState } = useKeyFields();
  const all = watch("all_subaccounts");
  return (
    <Fieldset legend="Subaccount access" error={listError(formState.errors.allowed_subaccounts)}>
      <Controller
        control={control}
        name="all_subaccounts"
        render={({ field }) => (
          <RadioGroup
            label="Subaccount access"
            value={field.value ? "all" : "some"}
            onValueChange={(value) => field.onChange(value === "all")}
            options={viewer.all_subaccounts ? UNLIMITED : LIMITED}
            className="grid sm:grid-cols-2"
          />
        )}
      />
      {all ? null : (
        <Controller
          control={control}
          name="allowed_subaccounts"
          render={({ field }) => (
            <SubaccountList subaccounts={subaccounts} chosen={field.value} onChange={field.onChange} />
          )}
        />
      )}
    </Fieldset>
  );
}

const SOME = { value: "some", label: "Some subaccounts", description: "Only those that you choose." } as const;
const UNLIMITED = [
  { value: "all", label: "All subaccounts", description: "Also those that are added later." },
  SOME,
] as const;
const LIMITED = [
  { value: "all", label: "All that you can access", description: "Those of your own limit, and no others." },
  SOME,
] as const;

type SubaccountListProps = {
  subaccounts: KeyFormOptions["subaccounts"];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
};

function SubaccountList({ subaccounts, chosen, onChange }: SubaccountListProps) {
  const [search, setSearch] = useState("");
  if (subaccounts.length === 0)
    return <p className="text-sm text-text-muted">There is no subaccount yet. An admin adds them under Settings.</p>;

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
        {chosen.length} of {subaccounts.length} chosen
      </p>
    </div>
  );
}
