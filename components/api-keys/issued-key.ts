import type { ApiKey } from "@/lib/api-keys/view";

/** The answer of create and regenerate. `token` is null when a retry was answered: it was sent once before. */
export type IssuedKey = ApiKey & { token: string | null };
