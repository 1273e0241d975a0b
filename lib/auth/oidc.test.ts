import { describe, expect, test } from "vitest";
import { identityOf } from "@/lib/auth/oidc";

const ISSUER = "https://id.example.com";
const CLAIMS = { iss: ISSUER, sub: "248289761001", email: "ada@example.com", email_verified: true, name: "Ada" };
const from = (claims: object) => identityOf({ ...CLAIMS, ...claims }, ISSUER);

describe("an identity", () => {
  test("is the provider's subject, with the e-mail in the form that members' addresses are stored in", () => {
    const identity = { issuer: ISSUER, subject: "248289761001", email: "ada@example.com", emailVerified: true };
    expect(from({})).toEqual({ ...identity, name: "Ada" });
    expect(from({ email: "ADA@Example.COM" })).toMatchObject(identity);
  });

  test("is of the configured issuer alone, with or without a slash at its end", () => {
    expect(from({ iss: `${ISSUER}/` })?.issuer).toBe(`${ISSUER}/`);
    for (const iss of ["https://evil.example", `${ISSUER}.evil.example`, `${ISSUER}/tenant`, "", undefined, [ISSUER]]) {
      expect(from({ iss }), String(iss)).toBeNull();
    }
  });

  test("needs a subject that can be stored", () => {
    for (const sub of ["", undefined, 7, "a\u0000b", "x".repeat(256), "å", { contains: "" }]) {
      expect(from({ sub }), String(sub)).toBeNull();
    }
    expect(from({ sub: "x".repeat(255) })).not.toBeNull();
  });

  test("has a verified e-mail only if the provider says true, and nothing that is like it", () => {
    for (const email_verified of ["true", 1, "yes", [true], null, undefined, false]) {
      expect(from({ email_verified })?.emailVerified, String(email_verified)).toBe(false);
    }
  });

  test.each([
    ["full-width letters", "ａda@example.com"],
    ["a full-width @", "ada＠example.com"],
    ["two of them", "ada@example.com＠evil.example"],
    ["a Kelvin sign", "\u212Aate@example.com"],
    ["a Cyrillic letter", "\u0430da@example.com"],
    ["spaces", " ada@example.com"],
    ["a line break", "ada@example.com\n"],
    ["a list", ["ada@example.com"]],
    ["an object", { contains: "" }],
    ["no address", "ada"],
  ])("has no e-mail when the claim has %s: another mailbox must not pass for a member's", (_, email) => {
    expect(from({ email })).toMatchObject({ email: null, subject: "248289761001" });
  });

  test("has a name only if it can be shown", () => {
    for (const name of ["", "  ", "a\u202Eb", "x".repeat(101), 7, undefined]) {
      expect(from({ name })?.name, String(name)).toBeNull();
    }
  });

  test("is nothing without claims", () => {
    for (const claims of [undefined, null, "ada", []]) expect(identityOf(claims, ISSUER)).toBeNull();
  });
});
