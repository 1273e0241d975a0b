"use client";

import Form from "next/form";
import Link from "next/link";
import { kindLabel, verbLabel } from "@/components/audit/action-words";
import { type AuditView, isFiltered } from "@/components/audit/audit-view";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { AUDIT_ACTIONS } from "@/lib/audit/actions";

/** The filters as a form whose answer is an address. */
export function AuditFilters({ view }: { view: AuditView }) {
  const { action, api_key_id, from, to } = view;
  return (
    <search>
      <Form
        // The fields show what the address says, also after going back.
        key={[action, api_key_id, from, to].join(" ")}
        action="/audit-log"
        className="mb-4 grid grid-cols-2 items-end gap-3 lg:grid-cols-[minmax(10rem,14rem)_minmax(12rem,18rem)_9.5rem_9.5rem_auto]"
      >
        <Field label="Action" className="max-sm:col-span-2">
          <Select name="action" defaultValue={action}>
            <option value="">Any action</option>
            {Object.entries(AUDIT_ACTIONS).map(([kind, verbs]) => (
              <optgroup key={kind} label={kindLabel(kind)}>
                <option value={`${kind}.*`}>{kindLabel(kind)}: all</option>
                {verbs.map((verb) => (
                  <option key={verb} value={`${kind}.${verb}`}>
                    {kindLabel(kind)} {verbLabel(kind, verb)}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        </Field>
        <Field label="API key ID" className="max-sm:col-span-2">
          <Input
            name="api_key_id"
            defaultValue={api_key_id}
            placeholder="key_…"
            // The browser names what is wrong before the address is made.
            pattern="\s*key_[0-9a-z]{24}\s*"
            title="A key's id: key_ and 24 letters and digits. Copy ID in the key's menu has it."
            maxLength={64}
            autoComplete="off"
          />
        </Field>
        <Field label="From (UTC)">
          <Input name="from" type="date" defaultValue={from} />
        </Field>
        <Field label="To (UTC)">
          <Input name="to" type="date" defaultValue={to} />
        </Field>
        <div className="flex gap-2">
          <Button type="submit">Filter</Button>
          {isFiltered(view) ? (
            <Button asChild variant="ghost">
              <Link href="/audit-log">Clear</Link>
            </Button>
          ) : null}
        </div>
      </Form>
    </search>
  );
}
