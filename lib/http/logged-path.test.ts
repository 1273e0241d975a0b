import { expect, test } from "vitest";
import { generateToken } from "@/lib/api-keys/token";
import { ENDPOINTS } from "@/lib/http/endpoints";
import { loggedPath } from "@/lib/http/logged-path";
import { newId } from "@/lib/ids";

test("SH-09 the API's words and ids are logged as they are", () => {
  for (const { path } of ENDPOINTS) {
    const asked = path.replaceAll(/\{[^}]+\}/g, () => newId("key"));
    expect(loggedPath(asked)).toBe(asked);
  }
  expect(loggedPath("/v4/account/signing-keys/2/retire")).toBe("/v4/account/signing-keys/2/retire");
});

test("SH-09 a token is not logged wherever in a path it stands, ours or an imported one", () => {
  for (const token of [
    generateToken("production"),
    "acme_live_0123456789abcdefghij",
    "0123456789abcdef",
    "a".repeat(16),
  ]) {
    expect(loggedPath(`/v4/account/api-keys/${token}`)).toBe("/v4/account/api-keys/[hidden]");
    expect(loggedPath(`/v4/${token}/rotate`)).toBe("/v4/[hidden]/rotate");
    expect(loggedPath(token)).toBe("[hidden]");
  }
  expect(loggedPath(`/v4/invitations/${"x".repeat(1_000)}/accept`)).toBe("/v4/invitations/[hidden]/accept");
  expect(loggedPath(`${"/v4".repeat(98)}/lk_prod_SECRETSECRET`)).not.toContain("SECRET");
  expect(loggedPath("/v4/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")).toBe("/v4/[hidden]/[hidden]/[hidden]");
  expect(loggedPath("/v4".repeat(1_000))).toHaveLength(300);
});
