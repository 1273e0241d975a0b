"use client";

import type { BulkAction } from "@/components/api-keys/bulk-dialog";
import { type KeyViewer, refusalOf } from "@/components/api-keys/rights";
import { keysCounted } from "@/components/api-keys/words";
import { Button } from "@/components/ui/button";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { ApiKey } from "@/lib/api-keys/view";

type BulkBarProps = {
  selected: readonly ApiKey[];
  viewer: KeyViewer;
  onAction: (action: BulkAction, keys: ApiKey[]) => void;
  onClear: () => void;
};

/** What can be done to the selected keys at once. An action takes those of them that it applies to. */
export function BulkBar({ selected, viewer, onAction, onClear }: BulkBarProps) {
  return (
    <section
      aria-label="Selected keys"
      className="mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-accent-border bg-accent-subtle px-3 py-2"
    >
      <p role="status" className="mr-auto text-sm">
        {keysCounted(selected.length)} selected
      </p>
      {ACTIONS.map(({ action, label }) => {
        const keys = selected.filter((key) => refusalOf(action, key, viewer) === null);
        const [first] = selected;
        const reason = keys.length === 0 && first ? refusalOf(action, first, viewer) : null;
        return (
          <GuardedButton key={action} size="sm" refusal={reason} onClick={() => onAction(action, keys)}>
            {keys.length === selected.length || keys.length === 0 ? label : `${label} ${keys.length}`}
          </GuardedButton>
        );
      })}
      <Button size="sm" variant="ghost" onClick={onClear}>
        Clear selection
      </Button>
    </section>
  );
}

const ACTIONS = [
  { action: "disable", label: "Disable" },
  { action: "reactivate", label: "Reactivate" },
  { action: "revoke", label: "Revoke" },
] as const;
