"use client";

import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import { searchFor } from "@/components/api-keys/list-view";
import type { ApiKey } from "@/lib/api-keys/view";

export type KeySearch = { query: string; keys: readonly ApiKey[]; failed: boolean };

/**
 * The first keys that have `query` in their name, a moment after the last change of it. Nothing that looks like a
 * token is sent: it would stand in an address.
 */
export function useKeySearch(query: string, enabled: boolean): KeySearch & { searching: boolean } {
  const [found, setFound] = useState<KeySearch>(NONE);
  const wanted = enabled ? searchFor(query) : "";

  useEffect(() => {
    if (wanted === "") return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      const search = new URLSearchParams({ search: wanted, limit: "8", sort: "name" });
      const { signal } = controller;
      const answer = await callApi<{ data: ApiKey[] }>("GET", `/v4/account/api-keys?${search}`, undefined, { signal });
      if (signal.aborted) return;
      setFound({ query: wanted, keys: answer.ok ? answer.data.data : [], failed: !answer.ok });
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted]);

  if (wanted === "") return { ...NONE, searching: false };
  // Until the next answer the last one stays, so that the list does not jump.
  return { ...found, searching: found.query !== wanted };
}

const NONE: KeySearch = { query: "", keys: [], failed: false };
const DEBOUNCE_MS = 200;
