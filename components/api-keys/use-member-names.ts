import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import type { KeyViewer } from "@/components/api-keys/rights";

/** Member id → name; null until they are known, and for who may not list the members. */
export type MemberNames = ReadonlyMap<string, string> | null;

/** The members' names, read once they are `wanted`: most visits of the page need none. */
export function useMemberNames(viewer: KeyViewer, wanted: boolean): MemberNames {
  const [names, setNames] = useState<MemberNames>(null);
  const isDue = wanted && names === null && (viewer.role === "owner" || viewer.role === "admin");

  useEffect(() => {
    if (!isDue) return;
    const controller = new AbortController();
    void readNames(controller.signal).then((read) => {
      if (read && !controller.signal.aborted) setNames(read);
    });
    return () => controller.abort();
  }, [isDue]);
  return names;
}

type MemberPage = { data: { id: string; name: string; email: string }[]; next_cursor: string | null };

/** Null when they could not be read: the filter then offers what needs no names. */
async function readNames(signal: AbortSignal): Promise<MemberNames> {
  const names = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await callApi<MemberPage>("GET", `/v4/account/members?limit=100${place}`, undefined, { signal });
    if (!answer.ok) return null;
    for (const { id, name, email } of answer.data.data) names.set(id, name || email);
    cursor = answer.data.next_cursor;
  } while (cursor !== null && names.size < MAX_OFFERED);
  return names;
}

const MAX_OFFERED = 1000;
