import { actionIncludes, matchesResource, parseResourceFilter } from "@/lib/api-keys/resource-filter";
import type { Scope, ScopeAction } from "@/lib/principal";

export type ScopeTrial =
  /** What is wrong with the path itself. */
  | { problem: string }
  /** Per scope, in order: null if it allows the request, else why not. `note`: the path may not mean what was intended. */
  | { problem: null; allowed: boolean; reasons: (string | null)[]; note: string | null };

/** Whether these scopes would allow this action on this very path, by the rules that verification applies, and why. */
export function tryScopes(scopes: readonly Scope[], action: ScopeAction, typedPath: string): ScopeTrial {
  const path = typedPath.trim();
  const parsed = parseResourceFilter(path);
  if (!parsed.ok) return { problem: path === "" ? "Enter a path, such as PLACE/Site/42." : parsed.detail };
  const reasons = scopes.map((scope) => whyNot(scope, action, path));
  const note = /[#*]/.test(path) ? "In a path, # and * stand for themselves: only filters have wildcards." : null;
  return { problem: null, allowed: reasons.includes(null), reasons, note };
}

function whyNot({ action: granted, resource }: Scope, action: ScopeAction, path: string): string | null {
  const filter = resource.trim() || "*";
  const parsed = parseResourceFilter(filter);
  if (!parsed.ok) return "the filter is not valid.";
  if (!matchesResource(filter, path)) return whereItDiffers(filter.split("/"), path.split("/"));
  return actionIncludes(granted, action) ? null : `the filter matches, but ${granted} does not include ${action}.`;
}

/** The first difference, or else the wrong number of segments. */
function whereItDiffers(filter: string[], path: string[]): string {
  const isOpen = filter.at(-1) === "*";
  const wanted = isOpen ? filter.slice(0, -1) : filter;
  const index = wanted.findIndex((segment, at) => at < path.length && segment !== "#" && segment !== path[at]);
  if (index >= 0) {
    const [expected, found] = [wanted[index] ?? "", path[index] ?? ""];
    const hint = expected.toLowerCase() === found.toLowerCase() ? " Upper and lower case differ." : "";
    return `segment ${index + 1} has to be ${expected}, not ${found}.${hint}`;
  }
  const needed = isOpen ? `at least ${segments(wanted.length + 1)}` : `exactly ${segments(wanted.length)}`;
  return `the filter takes ${needed}, the path has ${path.length}.`;
}

const segments = (count: number): string => (count === 1 ? "1 segment" : `${count} segments`);
