"use client";

import type { ReactNode } from "react";
import { Fieldset } from "@/components/ui/fieldset";
import { RadioGroup } from "@/components/ui/radio-group";

export type LimitAxis = "all" | "some";

type LimitChoiceProps = {
  legend: string;
  all: string;
  some: string;
  /** Why it cannot be unlimited; null if it can. */
  allRefusal: string | null;
  value: LimitAxis;
  onChange: (axis: LimitAxis) => void;
  /** The list, shown while only some are meant. */
  children: ReactNode;
};

/** No limit, or a list. "Some" with an empty list allows nothing: it never turns into "all" by itself. */
export function LimitChoice({ legend, all, some, allRefusal, value, onChange, children }: LimitChoiceProps) {
  return (
    <Fieldset legend={legend}>
      <RadioGroup<LimitAxis>
        label={legend}
        value={value}
        onValueChange={onChange}
        options={[
          { value: "all", label: all, disabled: allRefusal !== null, description: allRefusal ?? undefined },
          { value: "some", label: some },
        ]}
        className="grid sm:grid-cols-2"
      />
      {value === "some" ? <div className="flex flex-col gap-3 pt-1">{children}</div> : null}
    </Fieldset>
  );
}
