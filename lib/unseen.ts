// Controls (line breaks too), lone surrogates, zero-width characters, invisible operators, tags, and everything
// that changes the direction or the lines of the text around it. None can be seen, all can deceive who reads.
const UNSEEN =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, "gu");

/** What is refused in any text that people read and compare, or null if the text is free of it. */
export function unseenCharacter(text: string): string | null {
  const found = UNSEEN.exec(text)?.[0].codePointAt(0);
  if (found === undefined) return null;
  const code = `U+${found.toString(16).toUpperCase().padStart(4, "0")}`;
  return found === 0x0a || found === 0x0d ? `a line break (${code})` : `an invisible or control character (${code})`;
}

/** At most `max` UTF-16 units of the text, with spaces in place of what would be refused in it, and trimmed. */
export function withoutUnseen(text: string, max: number): string {
  const clean = (dirty: string) => dirty.replace(EVERY_UNSEEN, " ").trim();
  // Twice: the cut may leave half of a character at the end.
  return clean(clean(text).slice(0, max));
}
