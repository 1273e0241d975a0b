import { describe, expect, test } from "vitest";
import { TOKEN_PATTERN, tokenPreview } from "@/lib/api-keys/preview";
import { digestToken, generateToken, parseToken } from "@/lib/api-keys/token";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const swapCase = (text: string): string =>
  text.replace(/[a-zA-Z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

describe("generateToken", () => {
  test("SH-04 100,000 tokens are unique, well-formed, found by the scanner's pattern and evenly spread", () => {
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    let unparsed = 0;
    let unmatched = 0;
    for (let i = 0; i < 100_000; i++) {
      const token = generateToken(i % 2 === 0 ? "production" : "preview");
      seen.add(token);
      if (parseToken(token) === null) unparsed++;
      if (!TOKEN_PATTERN.test(`KEY="${token}"`)) unmatched++;
      // The leading character carries the remainder of 256 bits in 43 digits, so it alone is not uniform.
      for (const character of token.slice(9, 51)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }

    expect(seen.size).toBe(100_000);
    expect({ unparsed, unmatched }).toEqual({ unparsed: 0, unmatched: 0 });

    const expected = (100_000 * 42) / 62;
    let chiSquare = 0;
    for (const character of ALPHABET) chiSquare += ((counts.get(character) ?? 0) - expected) ** 2 / expected;
    expect(counts.size).toBe(62);
    // 61 degrees of freedom: exceeded by chance once in some ten million runs.
    expect(chiSquare).toBeLessThan(140);
  });

  test("the prefix tells the environment", () => {
    expect(generateToken("production")).toMatch(/^lk_prod_[0-9A-Za-z]{49}$/);
    expect(generateToken("preview")).toMatch(/^lk_prev_[0-9A-Za-z]{49}$/);
    expect(parseToken(generateToken("production"))).toEqual({ environment: "production" });
    expect(parseToken(generateToken("preview"))).toEqual({ environment: "preview" });
  });
});

describe("parseToken", () => {
  test("AN-04 every change of a single character is refused", () => {
    const token = generateToken("production");
    const accepted: string[] = [];
    for (let at = 0; at < token.length; at++) {
      for (const character of `${ALPHABET}_-+/= \u0000é０`) {
        if (character === token[at]) continue;
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        if (parseToken(changed) !== null) accepted.push(changed);
      }
    }
    expect(accepted).toEqual([]);
  });

  test("AN-04 AN-08 every missing, added or doubled character is refused", () => {
    const token = generateToken("preview");
    for (let at = 0; at < token.length; at++) {
      expect(parseToken(token.slice(0, at) + token.slice(at + 1))).toBeNull();
      expect(parseToken(token.slice(0, at) + token.charAt(at) + token.slice(at))).toBeNull();
    }
    for (const tail of ["=", "\n", "%0a", "\u0000", "é"]) expect(parseToken(token + tail)).toBeNull();
    expect(parseToken(` ${token}`)).toBeNull();
  });

  test("AN-09 swapped upper and lower case is refused", () => {
    for (let i = 0; i < 200; i++) {
      const token = generateToken("production");
      expect(parseToken(swapCase(token))).toBeNull();
      expect(parseToken(token.slice(0, 8) + swapCase(token.slice(8)))).toBeNull();
      expect(parseToken(token.toLowerCase())).toBeNull();
    }
  });

  test("AN-10 the empty string and a bare prefix are refused", () => {
    for (const text of ["", "lk_prod_", "lk_prev_", "lk_"]) expect(parseToken(text)).toBeNull();
  });

  test("AN-11 15 kB are refused without being read", () => {
    const text = `lk_prod_${"A".repeat(15_000)}`;
    const started = performance.now();
    for (let i = 0; i < 1000; i++) expect(parseToken(text)).toBeNull();
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("AN-12 a prefix rewritten for the other environment is refused", () => {
    for (let i = 0; i < 200; i++) {
      expect(parseToken(generateToken("production").replace("lk_prod_", "lk_prev_"))).toBeNull();
      expect(parseToken(generateToken("preview").replace("lk_prev_", "lk_prod_"))).toBeNull();
    }
  });

  test("a body that no 32 bytes can make is refused although its checksum is right", () => {
    // The last six characters are the right CRC-32 of all before them.
    expect(parseToken(`lk_prod_${"z".repeat(43)}0R0fYw`)).toBeNull();
  });

  test("AN-18 a preview is not a token", () => {
    expect(parseToken(tokenPreview(generateToken("production")))).toBeNull();
  });
});

test("SH-07 the preview shows the prefix and the first and last four characters only", () => {
  expect(tokenPreview("lk_prod_7Hq2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax9Kd")).toBe("lk_prod_7Hq2…x9Kd");
  const token = generateToken("preview");
  expect(tokenPreview(token)).toBe(`${token.slice(0, 12)}…${token.slice(53)}`);
});

describe("digestToken", () => {
  test("AN-20 is the HMAC-SHA-256 of the whole token and differs with the signing key", () => {
    const key = Buffer.alloc(32, 1);
    // RFC 4231 has no case with a key of this length; computed with openssl dgst -sha256 -mac HMAC.
    expect(digestToken("lk_prod_x", key).toString("hex")).toBe(
      "87adb678eba14c4d205d7d4df37de4d99a62705862a02f0ef90aa9450c74e3bc",
    );
    expect(digestToken("lk_prod_x", Buffer.alloc(32, 2))).not.toEqual(digestToken("lk_prod_x", key));
  });
});
