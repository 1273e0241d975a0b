import { z } from "zod";
import { unseenCharacter } from "@/lib/unseen";

// Letters, digits, signs and symbols; not spaces, lone combining marks or blank fillers.
const SEEN = /[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A required one-line name: NFC, trimmed, at least one visible character, `max` counted in Unicode code points. */
export function nameSchema(max: number, what = "name") {
  return lineSchema(max)
    .refine((text) => SEEN.test(text), { error: `Enter a ${what}.`, params: { code: "required" } })
    .meta({ minLength: 1, maxLength: max });
}

/** An optional one-line text: as a name, but empty or null mean that there is none. */
export function descriptionSchema(max: number) {
  return lineSchema(max)
    .refine((text) => text === "" || SEEN.test(text), {
      error: "Only invisible characters: enter a text or leave it empty.",
      params: { code: "invalid_characters" },
    })
    .meta({ maxLength: max })
    .nullable()
    .transform((text) => text || null);
}

/** What uniqueness of names is judged by: compatibility variants and case do not make two names (NFKC, lower case). */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/**
 * Whether one word of the name mixes scripts whose letters look alike (Latin with Cyrillic, Greek, Armenian or
 * Cherokee), as in a look-alike of an existing name. Worth a warning, not a refusal.
 */
export function hasMixedScript(name: string): boolean {
  return name
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => LOOKALIKE_SCRIPTS.filter((script) => script.test(word)).length > 1);
}

const LOOKALIKE_SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** One code point takes at most two UTF-16 units, and NFC at most triples a text: above this nothing is worked on. */
const MAX_UNITS_PER_CODE_POINT = 6;

function lineSchema(max: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? "This field is required." : "Enter a text.") })
    .max(max * MAX_UNITS_PER_CODE_POINT, { error: tooLong(max), abort: true })
    .superRefine((text, context) => {
      const unseen = unseenCharacter(text);
      if (unseen === null) return;
      const message = `Remove ${unseen}.`;
      context.addIssue({ code: "custom", message, params: { code: "invalid_characters" }, continue: false });
    })
    .overwrite((text) => text.normalize("NFC").trim())
    .refine((text) => [...text].length <= max, { error: tooLong(max), params: { code: "too_long" } });
}

const tooLong = (max: number): string => `At most ${max} characters.`;
