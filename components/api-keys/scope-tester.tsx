"use client";

import { CircleCheck, CircleMinus } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useWatch } from "react-hook-form";
import { useKeyFields } from "@/components/api-keys/key-form";
import { type ScopeTrial, tryScopes } from "@/components/api-keys/scope-trial";
import { Field } from "@/components/ui/field";
import { Fieldset } from "@/components/ui/fieldset";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

type TriedAction = (typeof ACTIONS)[number];
const ACTIONS = ["read", "write", "admin"] as const;

/** Answers "would these scopes allow this request?" while the scopes are edited. What is tried is no part of the key. */
export function ScopeTester() {
  const { control } = useKeyFields();
  const scopes = useWatch({ control, name: "scopes" });
  const [action, setAction] = useState<TriedAction>("read");
  const [path, setPath] = useState("");
  const trial = tryScopes(scopes, action, path);
  const isEmpty = path.trim() === "";
  return (
    <div className="rounded-md border border-border bg-surface-sunken px-3 py-2.5">
      <Fieldset legend="Try a path">
        <div className="flex items-start gap-2">
          <Field label="Action to try" hideLabel className="w-28 shrink-0">
            <Select value={action} onChange={(event) => setAction(ACTIONS.find(isOf(event.target.value)) ?? "read")}>
              {ACTIONS.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Path to try"
            hideLabel
            className="flex-1"
            error={isEmpty ? undefined : (trial.problem ?? undefined)}
            hint={trial.problem === null ? (trial.note ?? undefined) : undefined}
          >
            <Input
              value={path}
              onChange={(event) => setPath(event.target.value)}
              onKeyDown={keepFormOpen}
              placeholder="PLACE/Site/42"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              className="font-mono text-sm"
            />
          </Field>
        </div>
        <div role="status" className="min-w-0 wrap-anywhere text-sm">
          {isEmpty || trial.problem !== null ? null : <Verdict trial={trial} action={action} />}
        </div>
      </Fieldset>
    </div>
  );
}

function Verdict({ trial, action }: { trial: Extract<ScopeTrial, { problem: null }>; action: TriedAction }) {
  const Icon = trial.allowed ? CircleCheck : CircleMinus;
  return (
    <>
      <p className="flex gap-1.5 font-medium">
        <Icon aria-hidden className={trial.allowed ? "mt-0.5 text-success-text" : "mt-0.5 text-text-muted"} />
        {trial.allowed
          ? `Yes: the scopes allow ${action} on this path.`
          : `No: no scope allows ${action} on this path.`}
      </p>
      <ul className="mt-1 flex flex-col gap-0.5 text-text-muted">
        {trial.reasons.map((reason, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a reason belongs to its place
          <li key={index}>
            Scope {index + 1}: {reason ?? "allows it."}
          </li>
        ))}
      </ul>
    </>
  );
}

const isOf =
  (value: string) =>
  (name: TriedAction): boolean =>
    name === value;

/** Enter asks for an answer, which stands there already; it must not save the key. */
function keepFormOpen(event: KeyboardEvent) {
  if (event.key === "Enter") event.preventDefault();
}
