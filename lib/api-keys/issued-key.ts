import type { ApiKey, Warning } from "@/lib/api-keys/view";
import type { IdempotencySpec } from "@/lib/idempotency";

/** What create and regenerate return. `token` is null only when a retry is answered from what was kept. */
export type IssuedKey = { key: ApiKey; version: number; token: string | null; warnings: Warning[]; replayed: boolean };

/** Keeps everything but the token, so that a retry answers alike and the token stays said once. */
export const issuedKeyReplay: IdempotencySpec<IssuedKey> = {
  save: ({ key, version, warnings }) => ({ key, version, warnings }),
  replay: (saved) => ({ ...(saved as Pick<IssuedKey, "key" | "version" | "warnings">), token: null, replayed: true }),
};
