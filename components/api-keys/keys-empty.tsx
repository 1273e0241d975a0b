"use client";

import { KeyRound, SearchX } from "lucide-react";
import Link from "next/link";
import type { KeysPanelProps } from "@/components/api-keys/keys-panel";
import { isFiltered, listHref } from "@/components/api-keys/list-view";
import { createRefusal } from "@/components/api-keys/rights";
import { statusLabel } from "@/components/api-keys/words";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

type KeysEmptyProps = Pick<KeysPanelProps, "hasAnyKey" | "view" | "options"> & { onCreate: () => void };

/** Why there is no row: no key yet, or none that the filters let through. */
export function KeysEmpty({ hasAnyKey, view, options, onCreate }: KeysEmptyProps) {
  const refusal = createRefusal(options.viewer);
  if (!hasAnyKey) {
    return (
      <EmptyState
        icon={<KeyRound />}
        title="No API keys yet"
        description={
          refusal ??
          "A key lets a service call the API. Give it a name and only the permissions that it needs; you can restrict its addresses and let it expire."
        }
        actions={
          refusal === null ? (
            <Button variant="primary" onClick={onCreate}>
              Create your first API key
            </Button>
          ) : null
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<SearchX />}
      title={isFiltered(view) ? "No key matches" : "No active keys"}
      description={descriptionOf(view)}
      actions={
        // The way out of the filters stands with them, above.
        view.status === "all" ? null : (
          <Button asChild>
            <Link href={listHref({ ...view, status: "all", cursor: null, page: 1 })}>Show every status</Link>
          </Button>
        )
      }
    />
  );
}

function descriptionOf({ status, search }: KeysPanelProps["view"]): string {
  const kind = status === "all" ? "No key" : `No key that is ${statusLabel(status).toLowerCase()}`;
  return search === "" ? `${kind} fits these filters.` : `${kind} has “${search}” in its name and fits these filters.`;
}
