/**
 * JSON in one form for equal values, in the manner of RFC 8785: members sorted by name, no spaces. What it is given
 * has been through JSON before, so that it holds nothing that JSON does not.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let text = "";
  if (Array.isArray(value)) {
    for (const member of value) text += `,${canonicalJson(member)}`;
    return `[${text.slice(1)}]`;
  }
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members).sort()) text += `,${JSON.stringify(name)}:${canonicalJson(members[name])}`;
  return `{${text.slice(1)}}`;
}

/**
 * A copy as PostgreSQL will hand it back: it stores neither NUL nor half of a surrogate pair. Odd text in a path must
 * not keep a refusal out of the log.
 */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value);
  if (!SUSPECT.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, member: unknown) =>
    typeof member === "string" ? Buffer.from(member.replaceAll("\0", "\uFFFD")).toString() : member,
  );
}

/** JSON escapes both; that an escaped backslash may stand before it makes no difference but of time. */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;
