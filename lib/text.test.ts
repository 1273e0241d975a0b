import { describe, expect, test } from "vitest";
import { z } from "zod";
import { descriptionSchema, hasMixedScript, nameKey, nameSchema } from "@/lib/text";

const name = nameSchema(100);
const description = descriptionSchema(500);

function codeOf(schema: z.ZodType, input: unknown): unknown {
  const issue = schema.safeParse(input).error?.issues[0];
  return issue?.code === "custom" ? issue.params?.code : issue?.code;
}

describe("nameSchema", () => {
  test("IV-04 trims and counts code points, not UTF-16 units", () => {
    expect(name.parse("  CI pipeline ")).toBe("CI pipeline");
    expect(name.parse("🔑".repeat(100))).toHaveLength(200);
    expect(name.parse(` ${"a".repeat(100)} `)).toHaveLength(100);
    expect(codeOf(name, "🔑".repeat(101))).toBe("too_long");
    expect(codeOf(name, "a".repeat(101))).toBe("too_long");
  });

  test.each(["", "   ", "\u00a0\u3000", "\u2800", "\u3164", "\u0301"])(
    "IV-04 refuses a name that nobody sees: %j",
    (text) => {
      expect(codeOf(name, text)).toBe("required");
    },
  );

  test.each([
    "a\u0000b",
    "a\tb",
    "a\nb",
    "b\r",
    "\nb",
    "a\u001bb",
    "a\u007fb",
    "a\u0085b",
    "a\u202eb",
    "a\u2066b",
    "a\u2069b",
    "a\u200bb",
    "a\u200db",
    "a\u2060b",
    "\ufeffa",
    "a\ud800",
    "\udc00a",
    "a\u2028b",
    "a\u00adb",
    "a\u{e0041}b",
  ])("IV-05 IV-06 refuses controls, line breaks, bidi and zero-width characters, half surrogates: %j", (text) => {
    expect(codeOf(name, text)).toBe("invalid_characters");
    expect(codeOf(description, text)).toBe("invalid_characters");
  });

  test.each([
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "=cmd|' /C calc'!A0",
    "../../etc",
    "'; DROP TABLE api_keys;--",
  ])("IV-07 keeps odd but visible text as it is: %s", (text) => {
    expect(name.parse(text)).toBe(text);
  });

  test("IV-08 stores NFC", () => {
    expect(name.parse("Cafe\u0301")).toBe("Caf\u00e9");
  });

  test.each([undefined, null, 1, true, [], {}, { contains: "" }])("AN-28 refuses %j", (input) => {
    expect(name.safeParse(input).success).toBe(false);
  });

  test("DS-05 judges 50 kB at once", () => {
    const started = performance.now();
    for (const character of [" ", "a", "\u0301", "\u200b", "🔑"]) {
      expect(name.safeParse(character.repeat(50_000)).success).toBe(false);
    }
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("says in JSON Schema what it checks", () => {
    const schema = z.toJSONSchema(z.object({ name, description: description.optional() }), { io: "input" });
    expect(schema.properties?.name).toMatchObject({ type: "string", minLength: 1, maxLength: 100 });
  });
});

describe("descriptionSchema", () => {
  test("null, empty and blank mean none", () => {
    for (const none of [null, "", "  "]) expect(description.parse(none)).toBeNull();
  });

  test("absent is not null", () => {
    expect(description.safeParse(undefined).success).toBe(false);
    expect(description.optional().parse(undefined)).toBeUndefined();
  });

  test("accepts 500 code points and no more", () => {
    expect(description.parse("é".repeat(500))).toHaveLength(500);
    expect(codeOf(description, "é".repeat(501))).toBe("too_long");
  });
});

test("IV-08 names that differ in case, width or normal form have one key", () => {
  const key = nameKey("Café Ω");
  for (const twin of ["CAFÉ ω", "Cafe\u0301 \u2126", "Ｃａｆé Ω"]) expect(nameKey(twin)).toBe(key);
  expect(nameKey("Cafe Ω")).not.toBe(key);
});

test.each([
  ["Prоduction", true],
  ["Αpi key", true],
  ["Production", false],
  ["Продакшн key", false],
  ["東京 DC", false],
  ["API鍵", false],
  ["Köln 5 µs", false],
])("IV-08 a word of look-alike scripts is noticed: %s %s", (text, expected) => {
  expect(hasMixedScript(text)).toBe(expected);
});
