"use client";

import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import type { ApiKey } from "@/lib/api-keys/view";

/** A region as its page knows it; where the switch is not known, it counts as off and the API has the last word. */
export type KnownRegion = { id: string; name: string; always_keep_one_active_key?: boolean };

/** What a region's active keys come to: all of them, and those that expire within a day. Null = it could not be counted. */
export type RegionCount = { active: number; expiringSoon: number } | null;

/**
 * What ending keys does to their region. "refused": the region always keeps one active key, and none that lasts would
 * be left. "left": no active key would be left. "unknown": it could not be counted.
 */
export type RegionVerdict = { region: KnownRegion; outcome: "refused" | "left" | "unknown" };

/** Judges, as the API would, the region of these active keys once they are ended. `now` in Unix seconds; null: all is well. */
export function verdictOf(
  region: KnownRegion,
  ending: readonly ApiKey[],
  count: RegionCount,
  now: number,
): RegionVerdict | null {
  if (count === null) return { region, outcome: "unknown" };
  const others = count.active - ending.length;
  if (others <= 0) return { region, outcome: region.always_keep_one_active_key ? "refused" : "left" };

  const soon = now + A_DAY;
  const lasts = ({ expires_at }: ApiKey) => expires_at === null || expires_at > soon;
  const othersExpiring = count.expiringSoon - ending.filter((key) => !lasts(key)).length;
  // A key of minutes does not stand in for one that lasts.
  const isRefused = region.always_keep_one_active_key && others <= othersExpiring && ending.some(lasts);
  return isRefused ? { region, outcome: "refused" } : null;
}

/** Asks, when a dialog opens, what ending these keys does to their regions; null until that is known. */
export function useRegionVerdicts(keys: readonly ApiKey[], regions: readonly KnownRegion[], now: number) {
  const [verdicts, setVerdicts] = useState<RegionVerdict[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const active = keys.filter(({ status }) => status === "active");
    const judge = async (id: string) => {
      const region = regions.find((known) => known.id === id) ?? { id, name: id };
      const ending = active.filter(({ region_id }) => region_id === id);
      return verdictOf(region, ending, await countOf(region, abort.signal), now);
    };
    const ids = [...new Set(active.map(({ region_id }) => region_id))];
    Promise.all(ids.map(judge)).then((found) =>
      abort.signal.aborted ? undefined : setVerdicts(found.filter((verdict) => verdict !== null)),
    );
    return () => abort.abort();
  }, [keys, regions, now]);
  return verdicts;
}

async function countOf({ id, always_keep_one_active_key }: KnownRegion, signal: AbortSignal): Promise<RegionCount> {
  const total = async (query: string) => {
    const path = `/v4/account/api-keys?status=active&limit=1&include_total=true&region_id=${id}${query}`;
    const answer = await callApi<{ total: number | null }>("GET", path, undefined, { signal });
    return answer.ok ? answer.data.total : null;
  };
  const [active, expiringSoon] = await Promise.all([
    total(""),
    always_keep_one_active_key ? total(`&expires_within=${A_DAY}`) : 0,
  ]);
  return active === null || expiringSoon === null ? null : { active, expiringSoon };
}

const A_DAY = 86_400;
