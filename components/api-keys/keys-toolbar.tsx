"use client";

import type { ReactNode } from "react";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import {
  changeView,
  type ListView,
  SORT_FIELDS,
  type SortField,
  STATUS_FILTERS,
} from "@/components/api-keys/list-view";
import { MoreFilters } from "@/components/api-keys/more-filters";
import type { KeyViewer } from "@/components/api-keys/rights";
import { SearchBox } from "@/components/api-keys/search-box";
import { environmentLabel, statusLabel } from "@/components/api-keys/words";
import { Select } from "@/components/ui/select";
import type { Environment } from "@/lib/principal";

type KeysToolbarProps = {
  view: ListView;
  /** The list for this view is on its way. */
  busy: boolean;
  regions: KeyFormOptions["regions"];
  viewer: KeyViewer;
  /** `replace`: the address changes without a new step for Back. */
  onChange: (view: ListView, replace?: boolean) => void;
  /** What stands at the end. */
  children?: ReactNode;
};

/** Search and filters. Each choice is a new address. */
export function KeysToolbar({ view, busy, regions, viewer, onChange, children }: KeysToolbarProps) {
  const change = (fields: Partial<ListView>) => onChange(changeView(view, fields));
  return (
    <search className="mb-4 grid grid-cols-2 gap-2 md:flex md:flex-wrap">
      <SearchBox view={view} busy={busy} onChange={onChange} />
      <Select
        aria-label="Status"
        value={view.status}
        onChange={(event) =>
          change({ status: STATUS_FILTERS.find((status) => status === event.target.value) ?? "active" })
        }
        className="md:w-32"
      >
        {STATUS_FILTERS.map((status) => (
          <option key={status} value={status}>
            {status === "all" ? "All statuses" : statusLabel(status)}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Environment"
        value={view.environment ?? ""}
        onChange={(event) => change({ environment: ENVIRONMENTS.find((name) => name === event.target.value) ?? null })}
        className="md:w-40"
      >
        <option value="">All environments</option>
        {ENVIRONMENTS.map((environment) => (
          <option key={environment} value={environment}>
            {environmentLabel(environment)}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Region"
        value={view.region_id ?? ""}
        onChange={(event) => change({ region_id: event.target.value || null })}
        className="md:w-40"
      >
        <option value="">All regions</option>
        {regions.map((region) => (
          <option key={region.id} value={region.id}>
            {region.name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Sort by"
        value={`${view.sort.field} ${view.sort.descending}`}
        onChange={(event) => {
          const [field, descending] = event.target.value.split(" ");
          const known = SORT_FIELDS.find((name) => name === field);
          if (known) change({ sort: { field: known, descending: descending === "true" } });
        }}
        className="md:hidden"
      >
        {SORT_FIELDS.flatMap((field) =>
          [false, true].map((descending) => (
            <option key={`${field} ${descending}`} value={`${field} ${descending}`}>
              {SORT_LABELS[field][descending ? 1 : 0]}
            </option>
          )),
        )}
      </Select>
      <MoreFilters view={view} viewer={viewer} onChange={change}>
        {children}
      </MoreFilters>
    </search>
  );
}

const ENVIRONMENTS = ["production", "preview"] as const satisfies readonly Environment[];
const SORT_LABELS: Record<SortField, [string, string]> = {
  name: ["Name, A to Z", "Name, Z to A"],
  created_at: ["Oldest first", "Newest first"],
  expires_at: ["Expires first", "Expires last"],
  last_used_at: ["Unused longest", "Last used first"],
};
