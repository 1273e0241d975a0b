"use client";

import { Controller } from "react-hook-form";
import { type KeyFormOptions, useKeyFields } from "@/components/api-keys/key-form";
import { environmentLabel } from "@/components/api-keys/words";
import { Field } from "@/components/ui/field";
import { Fieldset } from "@/components/ui/fieldset";
import { RadioGroup } from "@/components/ui/radio-group";
import { Select } from "@/components/ui/select";

/** Environment and region: chosen once, fixed for the key's life. */
export function PlaceFields({ regions }: Pick<KeyFormOptions, "regions">) {
  const { control, register, formState } = useKeyFields();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Fieldset field="environment" legend="Environment" error={formState.errors.environment?.message}>
        <Controller
          control={control}
          name="environment"
          render={({ field }) => (
            <RadioGroup
              label="Environment"
              options={ENVIRONMENTS}
              value={field.value}
              onValueChange={field.onChange}
              className="grid grid-cols-2"
            />
          )}
        />
      </Fieldset>
      <Field
        field="region_id"
        label="Region"
        hint="Environment and region stay as they are for the key's life."
        error={formState.errors.region_id?.message}
      >
        <Select {...register("region_id")}>
          {regions.map((region) => (
            <option key={region.id} value={region.id}>
              {region.is_default && region.name !== "Default" ? `${region.name} (default)` : region.name}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}

const ENVIRONMENTS = [
  { value: "production", label: environmentLabel("production") },
  { value: "preview", label: environmentLabel("preview") },
] as const;
