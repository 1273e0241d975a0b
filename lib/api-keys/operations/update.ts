import { auditedFields } from "@/lib/api-keys/audited-fields";
import { changesBetween } from "@/lib/api-keys/changes";
import { endOverlapBy } from "@/lib/api-keys/digests";
import { changeGrants, reachOf } from "@/lib/api-keys/grants";
import { keyMutation, keyParamsSchema, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import {
  expiryErrors,
  judgedOf,
  permissionErrors,
  refuseSelf,
  requireAnotherActiveKey,
  requireEditWithin,
  requireManageable,
} from "@/lib/api-keys/policy";
import { type ApiKeyRow, lockKey, lockRegionKeys, updateKey } from "@/lib/api-keys/repository";
import { type UpdateKey, updateKeySchema } from "@/lib/api-keys/schema";
import { keyStatus } from "@/lib/api-keys/status";
import { holdSubaccounts } from "@/lib/api-keys/subaccounts";
import { type ApiKey, toApiKey, type Warning } from "@/lib/api-keys/view";
import { warningsFor } from "@/lib/api-keys/warnings";
import type { AuditAction } from "@/lib/audit/actions";
import { notFound, validationFailed } from "@/lib/errors";
import type { Grants } from "@/lib/principal";
import { lockCatalogue } from "@/lib/products/repository";
import { requireVersion } from "@/lib/versions";

export type ChangedKey = { key: ApiKey; version: number; warnings: Warning[] };

/**
 * Changes the fields that are given; the rest stays. Guarantees that neither the key as it stands nor what it becomes
 * exceeds the principal (taking power away excepted), and that an edit of an older version is refused.
 */
export const updateApiKey = keyMutation({
  access: "account:apikeys:update",
  denied: { action: "api_key.updated", targetType: "api_key" },
  input: { params: keyParamsSchema, body: updateKeySchema },
  lock: lockTarget,
  run: async ({ tx, principal, now, context }, { params, body }) => {
    const [row, catalogue] = await Promise.all([
      lockKey(tx, principal, params.id),
      lockCatalogue(tx, principal.organization_id),
    ]);
    if (!row) throw notFound();
    if (touchesMoreThanText(body)) refuseSelf(principal, row.id, "change its own access");
    requireManageable(principal, row);
    requireVersion(context.ifMatch, row.version);

    const reach = reachOf(principal, catalogue);
    const before = judgedOf(row, catalogue);
    const after = { ...before, ...changeGrants(before, body, reach) };
    const errors = [
      ...permissionErrors(body.permissions ?? [], row.permissions, catalogue),
      ...expiryErrors(body.expires_at, now),
      ...(after.permissions.length + after.scopes.length > 0 || !touchesMoreThanText(body) ? [] : [NOTHING_LEFT]),
    ];
    if (errors.length > 0) throw validationFailed(errors);
    // A key may always change its own name and description: nothing of its power passes through them.
    if (principal.id !== row.id) {
      const edit = {
        touchesOther: body.name !== undefined || body.description !== undefined,
        reactivates: body.is_active === true,
      };
      requireEditWithin(reach, before, after, edit);
    }
    const held =
      body.allowed_subaccounts === undefined
        ? { grants: after, errors: [] }
        : await holdSubaccounts(tx, principal.organization_id, after, body.allowed_subaccounts);
    if (held.errors.length > 0) throw validationFailed(held.errors);
    const change = changeOf(row, body, held.grants, now);
    const from = toApiKey(row);
    if (!changesAnything(from, toApiKey({ ...row, ...change }))) {
      return { result: { key: from, version: row.version, warnings: warningsFor(body) }, audit: [] };
    }
    if (mayEndActivity(row, body)) requireAnotherActiveKey(await lockRegionKeys(tx, row));

    const [, updated] = await Promise.all([
      change.expires_at === null ? null : endOverlapBy(tx, row.id, change.expires_at),
      updateKey(tx, row.id, now, change),
    ]);
    const to = toApiKey(updated);
    const changes = changesBetween(auditedFields(from), auditedFields(to));
    const audit = { action: actionOf(changes), target: targetOf(to), changes };
    const result: ChangedKey = { key: to, version: updated.version, warnings: warningsFor(body) };
    return { result, audit };
  },
});

const NOTHING_LEFT = {
  pointer: "/permissions",
  code: "nothing_granted",
  detail: "A key needs at least one permission or one scope. To stop a key, disable or revoke it.",
};

/** Writing back what was read is no change: no new version, no event. */
const changesAnything = (from: ApiKey, to: ApiKey): boolean =>
  Object.keys(changesBetween(auditedFields(from), auditedFields(to))).length > 0;

const TEXT_FIELDS = new Set(["name", "description"]);

function touchesMoreThanText(body: UpdateKey): boolean {
  return Object.entries(body).some(([field, value]) => value !== undefined && !TEXT_FIELDS.has(field));
}

/** True if the edit disables an active key or gives it an earlier end: either can leave its region without one. */
function mayEndActivity(row: ApiKeyRow, body: UpdateKey): boolean {
  if (keyStatus(row, row.now) !== "active") return false;
  if (body.is_active === false) return true;
  if (typeof body.expires_at !== "number") return false;
  return row.expires_at === null || body.expires_at * 1000 < row.expires_at.getTime();
}

function changeOf(row: ApiKeyRow, body: UpdateKey, after: Grants, now: Date) {
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.permissions === undefined ? {} : { permissions: [...body.permissions] }),
    ...(body.scopes === undefined ? {} : { scopes: body.scopes.map((scope) => ({ ...scope })) }),
    all_subaccounts: after.all_subaccounts,
    allowed_subaccounts: [...after.allowed_subaccounts],
    allowed_ips: [...after.allowed_ips],
    expires_at: after.expires_at,
    ...(body.is_active === undefined ? {} : { disabled_at: body.is_active ? null : (row.disabled_at ?? now) }),
  };
}

function actionOf(changes: Record<string, [unknown, unknown]>): AuditAction {
  const fields = Object.keys(changes);
  if (fields.length !== 1 || fields[0] !== "is_active") return "api_key.updated";
  return changes.is_active?.[1] === true ? "api_key.reactivated" : "api_key.disabled";
}
