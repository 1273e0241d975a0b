"use client";

import { useState } from "react";
import { Controller } from "react-hook-form";
import { EXPIRY_PRESETS, type ExpiryChoice, expiryOf, toLocal } from "@/components/api-keys/expiry-choice";
import { listError, useKeyFields } from "@/components/api-keys/key-form";
import { Field, FieldHint } from "@/components/ui/field";
import { Fieldset } from "@/components/ui/fieldset";
import { Input } from "@/components/ui/input";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Switch } from "@/components/ui/switch";
import { absoluteTime, localTime } from "@/components/ui/time-format";

/** Never, a preset or a moment of one's own; says the moment in the browser's zone and in UTC. */
export function ExpiryField() {
  const { control, formState } = useKeyFields();
  const error = listError(formState.errors.expires_at);
  return (
    <Controller
      control={control}
      name="expires_at"
      render={({ field }) => (
        <ExpiryControl value={field.value} onChange={field.onChange} onBlur={field.onBlur} error={error} />
      )}
    />
  );
}

type ExpiryControlProps = {
  value: ExpiryChoice;
  onChange: (value: ExpiryChoice) => void;
  onBlur: () => void;
  error: string | undefined;
};

function ExpiryControl({ value, onChange, onBlur, error }: ExpiryControlProps) {
  const [now] = useState(() => Math.floor(Date.now() / 1000));
  const expires = value.choice !== "never";
  const moment = expiryOf(value, now);
  const choose = (choice: ExpiryChoice["choice"]) =>
    onChange({
      choice,
      local: choice === "custom" && value.local === "" ? toLocal(now + DEFAULT_SECONDS) : value.local,
    });

  return (
    <Fieldset field="expires_at" legend="Expiration" error={value.choice === "custom" ? undefined : error}>
      <div className="flex items-center gap-2.5">
        <Switch
          checked={expires}
          onCheckedChange={(on) => choose(on ? "90d" : "never")}
          aria-labelledby="key-expires-label"
          aria-describedby={error ? undefined : "key-expires-moment"}
        />
        <span id="key-expires-label">Expires automatically</span>
      </div>
      {expires ? (
        <SegmentedControl
          label="Expires"
          options={CHOICES}
          value={value.choice}
          onValueChange={choose}
          className="self-start"
        />
      ) : null}
      {value.choice === "custom" ? (
        <Field label="Date and time" error={error} className="max-w-64">
          <Input
            type="datetime-local"
            value={value.local}
            min={toLocal(now)}
            onChange={(event) => onChange({ choice: "custom", local: event.target.value })}
            onBlur={onBlur}
          />
        </Field>
      ) : null}
      {error ? null : <FieldHint id="key-expires-moment">{momentText(moment)}</FieldHint>}
    </Fieldset>
  );
}

const DEFAULT_SECONDS = 30 * 86_400;
const CHOICES = [
  ...EXPIRY_PRESETS.map(({ choice, label }) => ({ value: choice, label })),
  { value: "custom" as const, label: "Date and time" },
];

function momentText(moment: number | null | undefined): string {
  if (moment === null) return "The key works until it is disabled or revoked.";
  if (moment === undefined) return "Your time zone counts; it is stored as a moment.";
  const isUtc = new Date(moment * 1000).getTimezoneOffset() === 0;
  return `Stops working at ${isUtc ? "" : `${localTime(moment)}, which is `}${absoluteTime(moment)}.`;
}
