/**
 * JSON in one form for equal values, in the manner of RFC 8785: members sorted by name, no spaces. What it is given
 * has been through JSON before, so that it holds nothing that JSON does not.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`;
}

/**
 * A copy as PostgreSQL will hand it back: it stores neither NUL nor half of a surrogate pair. Odd text in a path must
 * not keep a refusal out of the log.
 */
export function storable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === "string" ? Buffer.from(member.replaceAll("\0", "\uFFFD")).toString() : member,
  );
}
