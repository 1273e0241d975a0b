"use client";

import { ListFilter } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { CreatorField } from "@/components/api-keys/creator-field";
import { FilterChips } from "@/components/api-keys/filter-chips";
import { EXPIRY_SPANS, IDLE_SPANS, isFiltered, type ListView, rareFilters } from "@/components/api-keys/list-view";
import type { KeyViewer } from "@/components/api-keys/rights";
import { useMemberNames } from "@/components/api-keys/use-member-names";
import { daysText } from "@/components/api-keys/words";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Select } from "@/components/ui/select";

type MoreFiltersProps = {
  view: ListView;
  viewer: KeyViewer;
  onChange: (fields: Partial<ListView>) => void;
  /** What stands beside the button. */
  children?: ReactNode;
};

/** The filters that are needed now and then, behind one button; those in force stand below as chips. */
export function MoreFilters({ view, viewer, onChange, children }: MoreFiltersProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const count = rareFilters(view).length;
  const isOthers = view.created_by?.startsWith("usr_") === true && view.created_by !== viewer.id;
  const members = useMemberNames(viewer, open || isOthers);

  return (
    <>
      <div className="col-span-2 flex gap-2 *:flex-1 md:*:flex-none">
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger asChild>
            <Button ref={trigger}>
              <ListFilter aria-hidden className="text-text-muted" />
              More filters{count > 0 ? ` (${count})` : ""}
            </Button>
          </PopoverTrigger>
          <PopoverContent aria-label="More filters" align="end" className="flex w-72 flex-col gap-3">
            <Field label="Expiring">
              <Select
                value={view.expires_within ?? ""}
                onChange={(event) => onChange({ expires_within: chosen(EXPIRY_SPANS, event.target.value) })}
              >
                <option value="">At any time or never</option>
                {EXPIRY_SPANS.map((seconds) => (
                  <option key={seconds} value={seconds}>
                    Within {daysText(seconds)}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label="Unused">
              <Select
                value={view.unused_for ?? ""}
                onChange={(event) => onChange({ unused_for: chosen(IDLE_SPANS, event.target.value) })}
              >
                <option value="">Used or not</option>
                {IDLE_SPANS.map((seconds) => (
                  <option key={seconds} value={seconds}>
                    For {daysText(seconds)} or longer
                  </option>
                ))}
              </Select>
            </Field>
            <CreatorField
              value={view.created_by}
              viewer={viewer}
              members={members}
              onChange={(id) => onChange({ created_by: id })}
            />
          </PopoverContent>
        </Popover>
        {children}
      </div>
      {isFiltered(view) ? (
        <FilterChips
          view={view}
          viewer={viewer}
          members={members}
          onChange={(fields) => {
            onChange(fields);
            // The chip that had the focus is about to go.
            trigger.current?.focus();
          }}
        />
      ) : null}
    </>
  );
}

function chosen<T extends number>(spans: readonly T[], text: string): T | null {
  return spans.find((seconds) => String(seconds) === text) ?? null;
}
