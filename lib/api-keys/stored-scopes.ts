import { parseResourceFilter, SCOPE_ACTIONS } from "@/lib/api-keys/resource-filter";
import type { Scope } from "@/lib/principal";

/** Scopes as the database holds them; null if a hand-made row breaks the grammar, so that its key is refused. */
export function scopesFromStorage(stored: unknown): Scope[] | null {
  return Array.isArray(stored) && stored.every(isScope) ? stored : null;
}

// By hand, because it is done for every row that is read: the schema that requests are checked with takes ten times
// as long. The grammar is the same code.
function isScope(stored: unknown): stored is Scope {
  if (typeof stored !== "object" || stored === null) return false;
  const { action, resource, ...others } = stored as Record<string, unknown>;
  return (
    (SCOPE_ACTIONS as readonly unknown[]).includes(action) &&
    typeof resource === "string" &&
    parseResourceFilter(resource).ok &&
    Object.keys(others).length === 0
  );
}
