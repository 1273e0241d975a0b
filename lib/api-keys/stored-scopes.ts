import { scopesSchema } from "@/lib/api-keys/schema";
import type { Scope } from "@/lib/principal";

/** Scopes as the database holds them; null if a hand-made row breaks the grammar, so that its key is refused. */
export function scopesFromStorage(stored: unknown): Scope[] | null {
  if (Array.isArray(stored) && stored.length === 0) return [];
  const parsed = scopesSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}
