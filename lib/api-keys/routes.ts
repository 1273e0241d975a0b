import type { IssuedKey } from "@/lib/api-keys/issued-key";
import { bulkChangeApiKeys, bulkResultSchema } from "@/lib/api-keys/operations/bulk";
import { createApiKey } from "@/lib/api-keys/operations/create";
import { extendGracePeriod } from "@/lib/api-keys/operations/extend-overlap";
import { findKeyByToken, foundKeySchema } from "@/lib/api-keys/operations/find-by-token";
import { apiKeyListSchema, listApiKeys } from "@/lib/api-keys/operations/list";
import {
  allowedPermissionsSchema,
  getAllowedPermissions,
  getApiKey,
  getPermissionContext,
  permissionContextSchema,
} from "@/lib/api-keys/operations/read";
import { endGracePeriod, regenerateApiKey } from "@/lib/api-keys/operations/regenerate";
import { revokeApiKey } from "@/lib/api-keys/operations/revoke";
import { revokeKeysByDate } from "@/lib/api-keys/operations/revoke-by-date";
import type { ChangedKey } from "@/lib/api-keys/operations/update";
import { updateApiKey } from "@/lib/api-keys/operations/update";
import { revokedByDateSchema } from "@/lib/api-keys/revoke-by-date-schema";
import { apiKeySchema, changedKeySchema, issuedKeySchema } from "@/lib/api-keys/view";
import { type Answer, type Endpoint, endpoint } from "@/lib/http/endpoint";
import type { HeaderMap } from "@/lib/http/problem";
import { etagOf } from "@/lib/versions";

const tag = "API keys";
const KEYS = "/v4/account/api-keys";
const KEY = `${KEYS}/{id}`;

const changed = ({ key, version, warnings }: ChangedKey): Answer => ({
  body: warnings.length > 0 ? { ...key, warnings } : key,
  headers: { etag: etagOf(version) },
});

const issued = ({ token, replayed, ...result }: IssuedKey): Answer => {
  const { body, headers } = changed(result);
  const replay: HeaderMap = replayed ? { "idempotent-replayed": "true" } : {};
  return { body: { ...(body as object), token }, headers: { ...headers, ...replay } };
};

/** 201 with the key's place. */
export const created = (result: IssuedKey): Answer => {
  const { body, headers } = issued(result);
  return { body, headers: { ...headers, location: `${KEYS}/${result.key.id}` } };
};

const update = {
  path: KEY,
  tag,
  summary: "Change a key",
  description:
    "What is left out stays. `If-Match` with the `ETag` that the change was made from refuses a stale one (412).",
  status: 200,
  response: changedKeySchema,
  operation: updateApiKey,
  example: { name: "Backend service, EU", allowed_ips: ["203.0.113.7"] },
  answer: changed,
} as const;

/** "Account API keys" of the HTTP contract. Fixed paths stand before `{id}`. */
export const apiKeyEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: KEYS,
    tag,
    summary: "List keys",
    status: 200,
    response: apiKeyListSchema,
    operation: listApiKeys,
  }),
  endpoint({
    method: "POST",
    path: KEYS,
    tag,
    summary: "Create a key",
    description: "The answer carries the token, once. Limits that are left out are the principal's own.",
    status: 201,
    response: issuedKeySchema,
    operation: createApiKey,
    example: {
      name: "Backend service",
      permissions: ["residential:read"],
      scopes: [{ action: "read", resource: "PLACE/Site/42/*" }],
      allowed_ips: ["203.0.113.0/24"],
      expires_at: null,
    },
    answer: created,
    usesIdempotencyKey: true,
  }),
  endpoint({
    method: "GET",
    path: `${KEYS}/allowed-permissions`,
    tag,
    summary: "The permissions that this principal may grant",
    status: 200,
    response: allowedPermissionsSchema,
    operation: getAllowedPermissions,
  }),
  endpoint({
    method: "GET",
    path: `${KEYS}/permission-context`,
    tag,
    summary: "All that a permission picker needs",
    status: 200,
    response: permissionContextSchema,
    operation: getPermissionContext,
  }),
  endpoint({
    method: "POST",
    path: `${KEYS}/find-by-token`,
    tag,
    summary: "Whose token is this?",
    description: "The key, in any state, among those that the principal can see; `null` for any other token.",
    status: 200,
    response: foundKeySchema,
    operation: findKeyByToken,
    example: { token: "lk_prod_…" },
  }),
  endpoint({
    method: "POST",
    path: `${KEYS}/bulk`,
    tag,
    summary: "Disable, reactivate or revoke many keys",
    description: "Each id stands alone. Needs `account:apikeys:update`, or `account:apikeys:delete` to revoke.",
    status: 200,
    response: bulkResultSchema,
    operation: bulkChangeApiKeys,
    example: { action: "disable", ids: ["key_6s1kpx0cq2v7d3m9t4b8n5w1", "key_2h7fj4z9g0r6a5y3e8u1c7q2"] },
  }),
  endpoint({
    method: "POST",
    path: `${KEYS}/revoke-by-date`,
    tag,
    summary: "Revoke the keys that were issued or changed in a time",
    description:
      "After a leak, or after the restore of an older backup. Up to 200 keys a request; send it again while `remaining` is not 0 and `ids` is not empty. `dry_run` only counts.",
    status: 200,
    response: revokedByDateSchema,
    operation: revokeKeysByDate,
    example: { issued_after: 1795170000, dry_run: true },
  }),
  endpoint({
    method: "GET",
    path: KEY,
    tag,
    summary: "One key",
    status: 200,
    response: apiKeySchema,
    operation: getApiKey,
    answer: ({ key, version }) => ({ body: key, headers: { etag: etagOf(version) } }),
  }),
  endpoint({ ...update, method: "PUT" }),
  endpoint({ ...update, method: "PATCH" }),
  endpoint({
    method: "DELETE",
    path: KEY,
    tag,
    summary: "Revoke a key for good",
    status: 204,
    response: null,
    operation: revokeApiKey,
  }),
  endpoint({
    method: "POST",
    path: `${KEY}/regenerate`,
    tag,
    summary: "A new token for the same key",
    description: "The answer carries the token, once. The old one stops at once, or after `grace_period_seconds`.",
    status: 200,
    response: issuedKeySchema,
    operation: regenerateApiKey,
    example: { grace_period_seconds: 86_400 },
    answer: issued,
    usesIdempotencyKey: true,
  }),
  endpoint({
    method: "POST",
    path: `${KEY}/grace-period`,
    tag,
    summary: "Let the old token work longer",
    description:
      "`grace_period_seconds` counts from `regenerated_at`: at most seven days in all, and never past the key's expiry.",
    status: 200,
    response: apiKeySchema,
    operation: extendGracePeriod,
    example: { grace_period_seconds: 604_800 },
    answer: changed,
  }),
  endpoint({
    method: "DELETE",
    path: `${KEY}/grace-period`,
    tag,
    summary: "Stop the old token now",
    status: 200,
    response: apiKeySchema,
    operation: endGracePeriod,
    answer: changed,
  }),
];
