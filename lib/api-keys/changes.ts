/** A value as a record holds it. A type rather than `unknown`, so that no digest or key can slip into the audit log. */
type Value =
  | string
  | number
  | boolean
  | Date
  | null
  | undefined
  | readonly Value[]
  | { readonly [field: string]: Value };
type Fields = { readonly [field: string]: Value };

/**
 * Field → `[before, after]`, for those that differ: the `changes` of an audit event and of the edit dialog. JSON-safe:
 * times as Unix seconds, an absent value as null. Lists are compared as sets, because the order of permissions or
 * addresses means nothing. `{}` as `before` tells of a creation, as `after` of a deletion.
 */
export function changesBetween(before: Fields, after: Fields): Record<string, [unknown, unknown]> {
  const changes: [string, [unknown, unknown]][] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const from = plain(before[field]);
    const to = plain(after[field]);
    if (fingerprint(from) !== fingerprint(to)) changes.push([field, [from, to]]);
  }
  return Object.fromEntries(changes);
}

type Plain = string | number | boolean | null | Plain[] | { [field: string]: Plain };

function plain(value: Value): Plain {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  if (isList(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, plain(inner)]));
}

/** Equal for equal values: lists and fields in one fixed order. */
function fingerprint(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).sort().join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(([field, inner]) => `${JSON.stringify(field)}:${fingerprint(inner)}`);
  return `{${fields.sort().join()}}`;
}

// Array.isArray does not narrow a readonly array.
const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
