"use client";

import { useRef, useState } from "react";
import { ChangedItems } from "@/components/api-keys/changed-items";
import { type Difference, type MergeChoices, type MergeSide, plainChoices } from "@/components/api-keys/merge";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Fieldset } from "@/components/ui/fieldset";
import { RadioGroup } from "@/components/ui/radio-group";
import { Time } from "@/components/ui/time";

type MergeDialogProps = {
  name: string;
  /** When the other change was saved, in Unix seconds. */
  savedAt: number;
  differences: readonly Difference[];
  /** What else they did, such as "disabled it". */
  besides: readonly string[];
  pending: boolean;
  error: string | null;
  onSave: (choices: MergeChoices) => void;
  /** Back to the form, which holds what was typed. */
  onBack: () => void;
};

/** Someone else saved first: per field, theirs or mine. Where only one of the two changed something, that is proposed. */
export function MergeDialog({ name, savedAt, differences, besides, pending, ...props }: MergeDialogProps) {
  const [chosen, setChosen] = useState<MergeChoices>({});
  const [isAsked, setIsAsked] = useState(false);
  const choices = { ...plainChoices(differences), ...chosen };
  const fields = useRef<HTMLDivElement>(null);
  const open = differences.filter(({ field }) => choices[field] === undefined);
  const save = () => {
    setIsAsked(true);
    if (open.length === 0) return props.onSave(choices);
    const first = fields.current?.querySelector("fieldset:not(:has(:checked)) input");
    if (first instanceof HTMLElement) first.focus();
  };
  const missing = open.length > 0 && isAsked ? `Choose for: ${open.map(({ label }) => label).join(", ")}.` : null;
  return (
    <AlertDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : props.onBack())}
      size="lg"
      title={`Someone else changed ${name}`}
      description={
        <p>
          Their change was saved on <Time value={savedAt} format="minute" />.{" "}
          {besides.length > 0 ? `They also ${besides.join(" and ")}. ` : ""}Yours is not saved yet.{" "}
          {differences.length > 0
            ? "Choose what holds for each field that differs."
            : "The two differ in no field of this form."}
        </p>
      }
      tone="primary"
      cancelLabel="Back to the form"
      confirmLabel="Save these choices"
      onConfirm={save}
      pending={pending}
      error={props.error ?? missing}
    >
      <div ref={fields} className="flex flex-col gap-4 empty:hidden">
        {differences.map((difference) => (
          <DifferenceChoice
            key={difference.field}
            difference={difference}
            side={choices[difference.field]}
            isMissing={isAsked && choices[difference.field] === undefined}
            onChoose={(side) => setChosen({ ...chosen, [difference.field]: side })}
          />
        ))}
      </div>
    </AlertDialog>
  );
}

type DifferenceChoiceProps = {
  difference: Difference;
  side: MergeSide | undefined;
  isMissing: boolean;
  onChoose: (side: MergeSide) => void;
};

function DifferenceChoice({ difference, side, isMissing, onChoose }: DifferenceChoiceProps) {
  const { label, changedBy, before, mine, theirs } = difference;
  const option = (value: MergeSide, text: string, items: string[]) => ({
    value,
    label: text,
    description: <Side items={items} before={before} />,
  });
  return (
    <Fieldset
      legend={label}
      hint={
        <span className="wrap-anywhere">
          {CHANGED_BY[changedBy]} Before: {before.join(", ")}.
        </span>
      }
      error={isMissing ? "Choose yours or theirs." : undefined}
    >
      <RadioGroup<MergeSide | "">
        label={`${label}: yours or theirs`}
        options={[option("mine", "Yours", mine), option("theirs", "Theirs", theirs)]}
        value={side ?? ""}
        onValueChange={(value) => (value === "" ? undefined : onChoose(value))}
        className="sm:grid sm:grid-cols-2"
      />
    </Fieldset>
  );
}

const CHANGED_BY: Record<Difference["changedBy"], string> = {
  mine: "Only you changed this.",
  theirs: "Only they changed this.",
  both: "Both of you changed this.",
};

/** One side's value: what is new in it stands out, and what it leaves out is named. */
function Side({ items, before }: { items: readonly string[]; before: readonly string[] }) {
  const left = items.length > 1 || before.length > 1 ? before.filter((item) => !items.includes(item)) : [];
  return (
    <>
      <ChangedItems items={items} others={before} changed="font-medium text-text" />
      {left.length > 0 ? <span className="mt-0.5 block wrap-anywhere">Without {left.join(", ")}</span> : null}
    </>
  );
}
