import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import type { KeyViewer } from "@/components/api-keys/rights";
import { readAll } from "@/components/read-all";
import type { Page } from "@/lib/paging";

/** Member id → name; null until they are known, and for who may not list the members. */
export type MemberNames = ReadonlyMap<string, string> | null;

/** The members' names, read once they are `wanted`: most visits of the page need none. */
export function useMemberNames(viewer: KeyViewer, wanted: boolean): MemberNames {
  const [names, setNames] = useState<MemberNames>(null);
  const isDue = wanted && names === null && (viewer.role === "owner" || viewer.role === "admin");

  useEffect(() => {
    if (!isDue) return;
    const controller = new AbortController();
    readNames(controller.signal).then(
      (read) => (controller.signal.aborted ? undefined : setNames(read)),
      // The filter then offers what needs no names.
      () => undefined,
    );
    return () => controller.abort();
  }, [isDue]);
  return names;
}

type NamedMember = { id: string; name: string; email: string };

async function readNames(signal: AbortSignal): Promise<MemberNames> {
  const members = await readAll(async (query) => {
    const path = `/v4/account/members?${new URLSearchParams(query)}`;
    const answer = await callApi<Page<NamedMember>>("GET", path, undefined, { signal });
    if (!answer.ok) throw new Error(answer.problem.title);
    return answer.data;
  });
  return new Map(members.map(({ id, name, email }) => [id, name || email]));
}
