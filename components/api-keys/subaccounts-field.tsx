"use client";

import { Controller } from "react-hook-form";
import { type KeyFormOptions, listError, useKeyFields } from "@/components/api-keys/key-form";
import { SubaccountPicker } from "@/components/subaccounts/subaccount-picker";
import { Fieldset } from "@/components/ui/fieldset";
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
            <div data-field="allowed_subaccounts">
              <SubaccountPicker
                subaccounts={subaccounts}
                chosen={field.value}
                onChange={field.onChange}
                none="There is no subaccount yet. An admin adds them under Settings."
                summary={`${field.value.length} of ${subaccounts.length} chosen`}
              />
            </div>
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
