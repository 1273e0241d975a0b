import { callApi, type Problem } from "@/components/api-client";
import type { ApiKey } from "@/lib/api-keys/view";

/** A key as it was read, with the version that a change of it has to name. */
export type KeyReading = { key: ApiKey; etag: string };

/** Reads a key as it is now. */
export async function readKey(id: string, signal?: AbortSignal): Promise<KeyReading | { problem: Problem }> {
  const path = `/v4/account/api-keys/${id}`;
  const answer = await callApi<ApiKey>("GET", path, undefined, signal ? { signal } : {});
  return answer.ok ? { key: answer.data, etag: answer.headers.get("etag") ?? "" } : { problem: answer.problem };
}

/** The key of this id, also a revoked one; null when there is none that the member can see. */
export async function findKey(
  id: string,
  signal?: AbortSignal,
): Promise<{ key: ApiKey | null } | { problem: Problem }> {
  const path = `/v4/account/api-keys/${id}?include_revoked=true`;
  const answer = await callApi<ApiKey>("GET", path, undefined, signal ? { signal } : {});
  if (answer.ok) return { key: answer.data };
  return answer.problem.status === 404 ? { key: null } : { problem: answer.problem };
}
