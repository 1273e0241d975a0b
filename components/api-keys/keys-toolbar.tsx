"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { callApi } from "@/components/api-client";
import { FoundByToken, type TokenSearch } from "@/components/api-keys/found-by-token";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import {
  changeView,
  type ListView,
  looksLikeToken,
  SORT_FIELDS,
  type SortField,
  STATUS_FILTERS,
} from "@/components/api-keys/list-view";
import { problemText } from "@/components/api-keys/problem-text";
import { environmentLabel, statusLabel } from "@/components/api-keys/words";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { ApiKey } from "@/lib/api-keys/view";
import type { Environment } from "@/lib/principal";

type KeysToolbarProps = {
  view: ListView;
  regions: KeyFormOptions["regions"];
  /** `replace`: the address changes without a new step for Back. */
  onChange: (view: ListView, replace?: boolean) => void;
};

/** Search and filters. Each choice is a new address. */
export function KeysToolbar({ view, regions, onChange }: KeysToolbarProps) {
  const change = (fields: Partial<ListView>) => onChange(changeView(view, fields));
  return (
    <search className="mb-4 grid grid-cols-2 gap-2 md:flex md:flex-wrap">
      <SearchBox view={view} onChange={onChange} />
      <Select
        aria-label="Status"
        value={view.status}
        onChange={(event) =>
          change({ status: STATUS_FILTERS.find((status) => status === event.target.value) ?? "active" })
        }
        className="md:w-36"
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
        className="md:w-44"
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
        className="md:w-44"
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
    </search>
  );
}

/** Searches as one types, a moment after the last key. A token that is put in goes into the body of a POST alone. */
function SearchBox({ view, onChange }: Pick<KeysToolbarProps, "view" | "onChange">) {
  const [draft, setDraft] = useState(view.search);
  const [sent, setSent] = useState(view.search);
  const [shown, setShown] = useState(view.search);
  const [byToken, setByToken] = useState<TokenSearch | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  // The address was changed by something else than this box: Back, a shared link, "Clear filters".
  if (view.search !== shown) {
    setShown(view.search);
    if (view.search !== sent) setDraft(view.search);
  }

  const type = (text: string) => {
    clearTimeout(timer.current);
    const isToken = looksLikeToken(text);
    setByToken(null);
    setDraft(isToken ? "" : text);
    if (isToken) {
      void findByToken(text.trim());
      return;
    }
    timer.current = setTimeout(() => {
      setSent(text.trim());
      if (text.trim() !== view.search) onChange(changeView(view, { search: text.trim() }), true);
    }, DEBOUNCE_MS);
  };

  const findByToken = async (token: string) => {
    setByToken({ state: "looking" });
    const answer = await callApi<{ data: ApiKey | null }>("POST", "/v4/account/api-keys/find-by-token", { token });
    setByToken(
      answer.ok ? { state: "done", key: answer.data.data } : { state: "failed", detail: problemText(answer.problem) },
    );
  };

  return (
    <div className="col-span-2 md:min-w-64 md:flex-1">
      <div className="relative">
        <Search aria-hidden className="pointer-events-none absolute inset-y-0 left-2.5 my-auto text-text-muted" />
        <Input
          type="search"
          aria-label="Search by name"
          placeholder="Search by name, or paste a token"
          value={draft}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          className="pl-8"
        />
      </div>
      {byToken ? <FoundByToken search={byToken} /> : null}
    </div>
  );
}

const DEBOUNCE_MS = 300;
const ENVIRONMENTS = ["production", "preview"] as const satisfies readonly Environment[];
const SORT_LABELS: Record<SortField, [string, string]> = {
  name: ["Name, A to Z", "Name, Z to A"],
  created_at: ["Oldest first", "Newest first"],
  expires_at: ["Expires first", "Expires last"],
  last_used_at: ["Unused longest", "Last used first"],
};
