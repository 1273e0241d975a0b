import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { importedDigests, mayBeImported, sealImported } from "@/lib/api-keys/imported-token";
import { digestToken, generateToken } from "@/lib/api-keys/token";

const key = Buffer.alloc(32, 7);

describe("mayBeImported", () => {
  test("takes 8 to 512 visible ASCII characters", () => {
    for (const token of ["acme_liv", "acme_live_7Hq2/x9+Kd==", "x".repeat(512)])
      expect(mayBeImported(token)).toBe(true);
    for (const token of [
      "",
      "acme_li",
      "x".repeat(513),
      "acme live",
      "acme_live\n",
      "\0imported sha256\0",
      "acme_livé",
    ]) {
      expect(mayBeImported(token)).toBe(false);
    }
  });

  test("never takes what looks like a token of ours, well-formed or not", () => {
    for (const token of [generateToken("production"), generateToken("preview"), "lk_prod_mistyped"]) {
      expect(mayBeImported(token)).toBe(false);
    }
  });
});

describe("AN-20 what is stored of an imported token", () => {
  const digest = createHash("sha256").update("acme_live_1").digest();

  test("depends on the signing key, and is never the digest itself", () => {
    const sealed = sealImported("sha256", digest, key);
    expect(sealed).toHaveLength(32);
    expect(sealed.equals(digest)).toBe(false);
    expect(sealed.equals(sealImported("sha256", digest, Buffer.alloc(32, 8)))).toBe(false);
    expect(sealed.equals(sealImported("sha512", digest, key))).toBe(false);
  });

  test("is found from the token under either algorithm, and as any other token's after its first use", () => {
    const sha512 = createHash("sha512").update("acme_live_1").digest();
    const expected = [
      digestToken("acme_live_1", key),
      sealImported("sha256", digest, key),
      sealImported("sha512", sha512, key),
    ];
    expect(importedDigests("acme_live_1", key)).toEqual(expected);
  });
});
