import { BoundedMap } from "@/lib/bounded-map";
import type { Scope, ScopeAction } from "@/lib/principal";
import { unseenCharacter } from "@/lib/unseen";

export const SCOPE_ACTIONS = ["read", "write", "admin", "*"] as const satisfies readonly ScopeAction[];

const MAX_LENGTH = 512;

export type ParsedResourceFilter =
  /** `warning`: accepted, but it may not mean what was intended. */
  { ok: true; warning: string | null } | { ok: false; detail: string };

/**
 * Judges a resource filter as PRODUCT.md defines it: segments joined by `/`, outer to inner, at most 512 characters.
 *
 * | filter    | `a` | `a/b` | `a/b/c` | `b` | `A` |
 * |-----------|-----|-------|---------|-----|-----|
 * | `*`       | yes | yes   | yes     | yes | yes |
 * | `a`       | yes | no    | no      | no  | no  |
 * | `#`       | yes | no    | no      | yes | yes |
 * | `a/*`     | no  | yes   | yes     | no  | no  |
 * | `a/#`     | no  | yes   | no      | no  | no  |
 * | `#/#/*`   | no  | no    | yes     | no  | no  |
 *
 * An asterisk anywhere but as the last segment stands for itself, and so does a `#` beside other characters.
 */
export function parseResourceFilter(text: string): ParsedResourceFilter {
  const detail = whatIsWrongWith(text);
  if (detail !== null) return { ok: false, detail };

  const literal = text.split("/").find((segment, index, all) => isMisleading(segment, index === all.length - 1));
  if (literal === undefined) return { ok: true, warning: null };
  const warning = `"${literal}" is taken literally here. Use # for any one segment, and * as the last segment for all that follow.`;
  return { ok: true, warning };
}

/** Whether the filter covers this very path. An unreadable filter covers nothing, an unreadable path is covered by none. */
export function matchesResource(filter: string, path: string): boolean {
  const shape = shapeOf(filter);
  if (shape === null || whatIsWrongWith(path) !== null) return false;
  const { segments, open } = shape;
  const parts = path.split("/");
  if (open ? parts.length <= segments.length : parts.length !== segments.length) return false;
  return segments.every((segment, index) => segment === "#" || segment === parts[index]);
}

/** Whether every path that `inner` covers is covered by `outer`: exact, without trying paths. */
export function filterWithin(inner: string, outer: string): boolean {
  const small = shapeOf(inner);
  const large = shapeOf(outer);
  if (small === null || large === null) return false;
  // An open filter covers longer paths only than its segments, so the smaller one must start at least as deep.
  const deepEnough = small.segments.length + (small.open ? 1 : 0) > large.segments.length;
  const sameLength = !small.open && small.segments.length === large.segments.length;
  if (large.open ? !deepEnough : !sameLength) return false;
  return large.segments.every((segment, index) => segment === "#" || segment === small.segments[index]);
}

/** `write` includes neither `read` nor `admin`; `admin` includes `read` and `write`; `*` includes all. */
export function actionIncludes(granted: ScopeAction, wanted: ScopeAction): boolean {
  if (granted === wanted || granted === "*") return true;
  return granted === "admin" && wanted !== "*";
}

/** Whether one of the scopes allows this action on this very path. */
export function scopeAllows(scopes: readonly Scope[], action: ScopeAction, resource: string): boolean {
  return scopes.some((scope) => actionIncludes(scope.action, action) && matchesResource(scope.resource, resource));
}

/**
 * Those scopes of `inner` that lie within no single scope of `outer`. Sound: what is not returned allows nothing
 * that `outer` does not. A scope that only several outer ones together would cover is returned.
 */
export function scopesWithin(inner: readonly Scope[], outer: readonly Scope[]): Scope[] {
  const isWithin = (small: Scope, large: Scope) =>
    actionIncludes(large.action, small.action) && filterWithin(small.resource, large.resource);
  return inner.filter((scope) => !outer.some((allowed) => isWithin(scope, allowed)));
}

/** The segments that are compared one by one, and whether one or more of any kind must follow them. */
type Shape = { segments: string[]; open: boolean };

// Keys and gateways bring the same few filters with every request, and reading one costs more than comparing two.
const remembered = new BoundedMap<Shape | null>(1_000);

/** Null for an unreadable filter. */
const shapeOf = (filter: string): Shape | null => remembered.getOrMake(filter, readShape);

function readShape(filter: string): Shape | null {
  if (whatIsWrongWith(filter) !== null) return null;
  const segments = filter.split("/");
  return segments.at(-1) === "*" ? { segments: segments.slice(0, -1), open: true } : { segments, open: false };
}

/** The rules that filters and paths share, as a sentence; null if the text keeps them. */
function whatIsWrongWith(text: string): string | null {
  if (text === "") return "The resource is empty. Use * for all resources.";
  // The first comparison spares counting the characters of a very long text.
  if (text.length > 2 * MAX_LENGTH || [...text].length > MAX_LENGTH)
    return `A resource has at most ${MAX_LENGTH} characters.`;

  const unseen = unseenCharacter(text);
  if (unseen !== null) return `The resource contains ${unseen}.`;
  const segments = text.split("/");
  if (segments.includes("")) return "The resource has an empty segment: remove the leading, trailing or doubled slash.";
  if (segments.includes(".") || segments.includes("..")) return 'The segments "." and ".." are not accepted.';
  return null;
}

function isMisleading(segment: string, isLast: boolean): boolean {
  return segment === "*" ? !isLast : segment !== "#" && /[#*]/.test(segment);
}
