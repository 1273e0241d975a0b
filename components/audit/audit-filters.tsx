"use client";

import Form from "next/form";
import Link from "next/link";
import { type FormEvent, Fragment, useState } from "react";
import { kindLabel, verbLabel } from "@/components/audit/action-words";
import {
  type AuditFilter,
  type AuditView,
  auditHref,
  type FilterErrors,
  filterErrors,
  isFiltered,
} from "@/components/audit/audit-view";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { ANONYMOUS, AUDIT_ACTIONS } from "@/lib/audit/actions";

type AuditFiltersProps = { view: AuditView; members: readonly { id: string; name: string }[] };

/** The filters as a form whose answer is an address. */
export function AuditFilters({ view, members }: AuditFiltersProps) {
  const [errors, setErrors] = useState<FilterErrors>(() => filterErrors(view));
  const { action, outcome, principal_id, api_key_id, from, to } = view;

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    const found = errorsIn(event.currentTarget);
    setErrors(found);
    const [first] = Object.keys(found);
    if (first === undefined) return;
    event.preventDefault();
    const control = event.currentTarget.elements.namedItem(first);
    if (control instanceof HTMLElement) control.focus();
  };

  return (
    <search>
      <Form
        action="/audit-log"
        onSubmit={onSubmit}
        // Ours says what is wrong at the field, and stays.
        noValidate
        className="mb-4 grid grid-cols-2 items-start gap-3 lg:grid-cols-4 2xl:grid-cols-[minmax(9rem,13rem)_8rem_minmax(8rem,12rem)_minmax(12rem,18rem)_9.5rem_9.5rem_auto]"
      >
        {/* The fields show what the address says, also after going back. */}
        <Fragment key={auditHref(view, null)}>
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
          <Field label="Outcome">
            <Select name="outcome" defaultValue={outcome}>
              <option value="">Any outcome</option>
              <option value="done">Done</option>
              <option value="denied">Denied</option>
            </Select>
          </Field>
          <Field label="Who">
            <Select name="principal_id" defaultValue={principal_id}>
              <option value="">Anyone</option>
              {whoChoices(principal_id, members).map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="API key ID" className="max-sm:col-span-2" error={errors.api_key_id}>
            <Input
              name="api_key_id"
              defaultValue={api_key_id}
              placeholder="key_…"
              maxLength={64}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <Field label="From (UTC)" error={errors.from}>
            <Input name="from" type="date" defaultValue={from} />
          </Field>
          <Field label="To (UTC)" error={errors.to}>
            <Input name="to" type="date" defaultValue={to} />
          </Field>
        </Fragment>
        <div className="flex gap-2 max-lg:col-span-2 lg:pt-6.5">
          <Button type="submit" variant="primary">
            Apply
          </Button>
          {isFiltered(view) ? (
            <Button asChild variant="ghost">
              <Link href="/audit-log" onClick={() => setErrors({})}>
                Clear
              </Link>
            </Button>
          ) : null}
        </div>
      </Form>
    </search>
  );
}

/** The members, nobody, and whoever else the address asks for: a key, or a member who left. */
function whoChoices(asked: string, members: AuditFiltersProps["members"]) {
  const choices = [...members, { id: ANONYMOUS, name: "Nobody signed in" }];
  if (asked === "" || choices.some(({ id }) => id === asked)) return choices;
  return [...choices, { id: asked, name: asked }];
}

function errorsIn(form: HTMLFormElement): FilterErrors {
  const data = new FormData(form);
  const written = (name: AuditFilter) => String(data.get(name) ?? "").trim();
  const errors = filterErrors({ api_key_id: written("api_key_id"), from: written("from"), to: written("to") });
  for (const name of ["from", "to"] as const) {
    const control = form.elements.namedItem(name);
    // Half a date is sent as none.
    if (control instanceof HTMLInputElement && control.validity.badInput) errors[name] = "This is not a whole date.";
  }
  return errors;
}
