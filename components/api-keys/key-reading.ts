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
