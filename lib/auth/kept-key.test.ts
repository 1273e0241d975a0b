import { expect, test } from "vitest";
import { type PresentedKey, recordOf } from "@/lib/api-keys/presented-key";
import type { ApiKeyRow } from "@/lib/api-keys/repository";
import { KeptKey } from "@/lib/auth/kept-key";

const now = new Date("2026-11-20T12:00:00.000Z");
const later = new Date("2026-11-20T13:00:00.000Z");

function presented(changes: Partial<ApiKeyRow> = {}, token: Partial<PresentedKey> = {}): PresentedKey {
  const row: ApiKeyRow = {
    id: "key_1",
    organization_id: "org_1",
    environment: "production",
    region_id: "reg_1",
    name: "Größe “x” 😀",
    description: null,
    permissions: ["residential:read"],
    scopes: [{ action: "read", resource: "PLACE/*" }],
    all_subaccounts: true,
    allowed_subaccounts: [],
    allowed_ips: ["203.0.113.0/24"],
    expires_at: null,
    disabled_at: null,
    revoked_at: null,
    token_preview: "lk_prod_ab…wxyz",
    version: 1,
    created_by_type: "user",
    created_by_id: "usr_1",
    created_by_name: "Ada",
    created_at: now,
    updated_at: now,
    regenerated_at: null,
    last_used_at: null,
    last_used_ip: null,
    grace_period_ends_at: null,
    now,
    ...changes,
  };
  return {
    ...row,
    scopes: row.scopes as PresentedKey["scopes"],
    organization_disabled_at: null,
    previous_token: false,
    token_ends_at: null,
    presented_preview: row.token_preview,
    digest_algorithm: "hmac_sha256",
    signing_key_version: 1,
    record: row,
    ...token,
  };
}

/** Every way in which two keys may differ that a decision or a record depends on. */
const DIFFERENT: [Partial<ApiKeyRow>, Partial<PresentedKey>?][] = [
  [{ id: "key_2" }],
  [{ organization_id: "org_2" }],
  [{ environment: "preview" }],
  [{ region_id: "reg_2" }],
  [{ name: "Other" }],
  [{ description: "Text" }],
  [{ permissions: [] }],
  [{ permissions: ["residential:write"] }],
  [{ scopes: [] }],
  [{ scopes: [] }, { scopes: null }],
  [{ all_subaccounts: false }],
  [{ all_subaccounts: false, allowed_subaccounts: ["sub_1"] }],
  [{ allowed_ips: [] }],
  [{ allowed_ips: Array.from({ length: 100 }, (_, i) => `2001:db8:0:0:${i}::/80`) }],
  [{ expires_at: later }],
  [{ expires_at: now }],
  [{ disabled_at: now }],
  [{ revoked_at: now }],
  [{ token_preview: "lk_prod_cd…wxyz" }],
  [{ created_by_name: "Grace" }],
  [{ last_used_at: now }],
  [{ regenerated_at: now, grace_period_ends_at: later }],
  [{}, { previous_token: true, token_ends_at: later, presented_preview: "lk_prod_ef…wxyz" }],
  [{}, { organization_disabled_at: now }],
  [{}, { digest_algorithm: "sha256" }],
  [{}, { signing_key_version: 2 }],
];

test("what is kept says the same as what was read, beside all that is alike but for one thing", () => {
  for (const [row, token] of [...DIFFERENT, ...DIFFERENT, [{}] as const]) {
    const key = presented(row, token);
    const kept = new KeptKey(key, 1_234.5);
    for (const name of Object.keys(key) as (keyof PresentedKey)[]) {
      if (name in kept && name !== "record") expect(kept[name], name).toEqual(key[name]);
    }
    expect(JSON.parse(recordOf(kept))).toEqual(JSON.parse(recordOf(key)));
    expect(recordOf(kept)).toMatch(/^[\x20-\x7e]+$/);
  }
});

test("what keys have alike is there once, and counts once", () => {
  const [one, two] = ["key_1", "key_2"].map((id) => new KeptKey(presented({ id }), 0));
  expect(one?.permissions).toBe(two?.permissions);
  const long = new KeptKey(presented({ allowed_ips: Array.from({ length: 200 }, (_, i) => `2001:db8::${i}`) }), 0);
  expect(long.bytes).toBeGreaterThan((one?.bytes ?? 0) + 4_000);
});

test("what a key has alike with none counts in full", () => {
  const scopes = (i: number) => Array.from({ length: 10 }, (_, n) => ({ action: "read", resource: `PLACE/${i}/${n}` }));
  const keys = Array.from({ length: 50 }, (_, i) => new KeptKey(presented({ id: `key_${i}`, scopes: scopes(i) }), 0));
  const length = recordOf(keys[0] as KeptKey).length;
  for (const { bytes } of keys) expect(bytes).toBeGreaterThan(3 * length);
});
