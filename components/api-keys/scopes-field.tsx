"use client";

import { Plus, Trash2 } from "lucide-react";
import { useFieldArray } from "react-hook-form";
import { listError, useKeyFields } from "@/components/api-keys/key-form";
import { ScopeTester } from "@/components/api-keys/scope-tester";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Fieldset } from "@/components/ui/fieldset";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { parseResourceFilter } from "@/lib/api-keys/resource-filter";

/** Scopes: rows of an action and a resource filter, judged while it is typed, and a path to try them on. */
export function ScopesField() {
  const { control, formState } = useKeyFields();
  const { fields, append, remove } = useFieldArray({ control, name: "scopes" });
  const { scopes } = formState.errors;
  return (
    <Fieldset
      field="scopes"
      legend="Scopes"
      hint="An action on the resources that a filter names: # is any one segment, a last * all that follow. Cleared means all."
      error={scopes?.message ?? scopes?.root?.message}
    >
      {fields.length > 0 ? (
        <ol className="flex flex-col gap-2">
          {fields.map((field, index) => (
            <ScopeRow key={field.id} index={index} onRemove={() => remove(index)} />
          ))}
        </ol>
      ) : null}
      <Button size="sm" className="self-start" onClick={() => append({ action: "read", resource: "" })}>
        <Plus aria-hidden />
        Add scope
      </Button>
      {fields.length > 0 ? <ScopeTester /> : null}
    </Fieldset>
  );
}

function ScopeRow({ index, onRemove }: { index: number; onRemove: () => void }) {
  const { register, watch, formState } = useKeyFields();
  const resource = watch(`scopes.${index}.resource`);
  const judged = parseResourceFilter(resource.trim() || "*");
  const error = judged.ok ? listError(formState.errors.scopes?.[index]) : judged.detail;
  return (
    <li className="flex items-start gap-2">
      <Field label={`Action of scope ${index + 1}`} hideLabel className="w-28 shrink-0">
        <Select {...register(`scopes.${index}.action`)}>
          <option value="read">read</option>
          <option value="write">write</option>
          <option value="admin">admin</option>
          <option value="*">* (any)</option>
        </Select>
      </Field>
      <Field
        label={`Resource filter of scope ${index + 1}`}
        hideLabel
        className="flex-1"
        error={error}
        hint={judged.ok ? (judged.warning ?? undefined) : undefined}
      >
        <Input
          {...register(`scopes.${index}.resource`)}
          placeholder="* (all resources)"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className="font-mono text-sm"
        />
      </Field>
      <IconButton label={`Remove scope ${index + 1}`} onClick={onRemove}>
        <Trash2 aria-hidden />
      </IconButton>
    </li>
  );
}
