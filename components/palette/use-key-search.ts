"use client";

import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import { findKey } from "@/components/api-keys/key-reading";
import { searchFor, searchKindOf } from "@/components/api-keys/list-view";
import { KEY_STATUSES } from "@/lib/api-keys/status";
import type { ApiKey } from "@/lib/api-keys/view";

export type KeySearch = { query: string; keys: readonly ApiKey[]; failed: boolean };

/**
 * The first keys that have `query` in their name, or the one whose id it is, a moment after the last change of it;
 * revoked ones last. Nothing that looks like a token is sent: it would stand in an address.
 */
export function useKeySearch(query: string, enabled: boolean): KeySearch & { searching: boolean } {
  const [found, setFound] = useState<KeySearch>(NONE);
  const wanted = enabled ? searchFor(query) : "";

  useEffect(() => {
    if (wanted === "") return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      const { signal } = controller;
      const keys = await keysFor(wanted, signal);
      if (!signal.aborted) setFound({ query: wanted, keys: keys ?? [], failed: keys === null });
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

/** Null when they could not be read. */
async function keysFor(wanted: string, signal: AbortSignal): Promise<ApiKey[] | null> {
  if (searchKindOf(wanted) === "id") {
    const found = await findKey(wanted, signal);
    return "key" in found ? [found.key].filter((key) => key !== null) : null;
  }
  const read = async (status: string) => {
    const search = new URLSearchParams({ search: wanted, status, limit: String(MAX_KEYS), sort: "name" });
    const answer = await callApi<{ data: ApiKey[] }>("GET", `/v4/account/api-keys?${search}`, undefined, { signal });
    return answer.ok ? answer.data.data : null;
  };
  const [living, revoked] = await Promise.all([read(LIVING), read("revoked")]);
  return living && revoked && [...living, ...revoked].slice(0, MAX_KEYS);
}

const MAX_KEYS = 8;
const LIVING = KEY_STATUSES.filter((status) => status !== "revoked").join(",");
const NONE: KeySearch = { query: "", keys: [], failed: false };
const DEBOUNCE_MS = 200;
