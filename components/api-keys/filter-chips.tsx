"use client";

import { X } from "lucide-react";
import { creatorName } from "@/components/api-keys/creator-field";
import { clearFilters, type ListView, type RareFilter, rareFilters } from "@/components/api-keys/list-view";
import type { KeyViewer } from "@/components/api-keys/rights";
import type { MemberNames } from "@/components/api-keys/use-member-names";
import { daysText } from "@/components/api-keys/words";
import { Button } from "@/components/ui/button";

type FilterChipsProps = {
  view: ListView;
  viewer: KeyViewer;
  members: MemberNames;
  onChange: (fields: Partial<ListView>) => void;
};

/** The rare filters in force, each with its way out, and the way out of all filters. */
export function FilterChips({ view, viewer, members, onChange }: FilterChipsProps) {
  const words: Record<RareFilter, string> = {
    expires_within: `Expiring within ${daysText(view.expires_within ?? 0)}`,
    unused_for: `Unused for ${daysText(view.unused_for ?? 0)}`,
    created_by: `Created by ${creatorName(view.created_by ?? "", viewer, members)}`,
  };
  return (
    <ul aria-label="Filters in force" className="col-span-2 flex basis-full flex-wrap items-center gap-2">
      {rareFilters(view).map((name) => (
        <li
          key={name}
          className="inline-flex max-w-full items-center rounded-full border border-accent-border bg-accent-subtle pl-3 text-sm"
        >
          <span className="truncate">{words[name]}</span>
          <button
            type="button"
            aria-label={`Remove filter: ${words[name]}`}
            onClick={() => onChange({ [name]: null })}
            className="grid size-7 shrink-0 place-items-center rounded-full text-text-muted hover:text-text pointer-coarse:size-9"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="ghost" onClick={() => onChange(clearFilters(view))}>
          Clear filters
        </Button>
      </li>
    </ul>
  );
}
