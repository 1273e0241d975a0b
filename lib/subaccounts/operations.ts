import { z } from "zod";
import { changesBetween } from "@/lib/api-keys/changes";
import type { AuditAction } from "@/lib/audit/actions";
import type { AuditEntry } from "@/lib/audit/entry";
import { AppError, notFound } from "@/lib/errors";
import { mutation, query } from "@/lib/operation";
import { pageQuerySchema } from "@/lib/paging";
import type { Principal } from "@/lib/principal";
import {
  changeSubaccount,
  countHolders,
  findSubaccount,
  type Holder,
  insertSubaccount,
  lockSubaccount,
  removeSubaccount,
  type SubaccountRow,
  selectSubaccounts,
} from "@/lib/subaccounts/repository";
import { createSubaccountSchema, subaccountParams, updateSubaccountSchema } from "@/lib/subaccounts/schema";
import { requireVersion } from "@/lib/versions";

/** The subaccounts that the member may act on, oldest first. Open to every member, for forms that offer them. */
export const listSubaccounts = query({
  access: "member",
  input: { query: pageQuerySchema },
  run: ({ principal }, { query: page }) => selectSubaccounts(principal, page),
});

/** How many keys and members name each of the given subaccounts: what deleting it would change. */
export const countSubaccountUse = query({
  access: "member",
  input: { body: z.strictObject({ ids: z.array(z.string()).max(100) }) },
  run: ({ principal }, { body }) => countHolders(principal.organization_id, body.ids),
});

export const getSubaccount = query({
  access: "member",
  input: { params: subaccountParams },
  run: async ({ principal }, { params }) => (await findSubaccount(principal, params.id)) ?? absent(),
});

/** Makes a subaccount. 403 for a member who is limited to certain ones: the new one would not be among them. */
export const createSubaccount = mutation({
  access: "manager",
  denied: { action: "subaccount.created", targetType: "subaccount" },
  input: { body: createSubaccountSchema },
  run: async ({ tx, principal, now }, { body }) => {
    refuseLimited(principal);
    const { name, external_id = null } = body;
    const { organization_id } = principal;
    const row = await insertSubaccount(tx, { name, external_id, organization_id, created_at: now });
    return { result: row, audit: entry("subaccount.created", row, changesBetween({}, audited(row))) };
  },
});

export const updateSubaccount = mutation({
  access: "manager",
  denied: { action: "subaccount.updated", targetType: "subaccount" },
  input: { params: subaccountParams, body: updateSubaccountSchema },
  run: async ({ tx, principal, now, context }, { params, body }) => {
    const before = (await lockSubaccount(tx, principal, params.id)) ?? absent();
    requireVersion(context.ifMatch, before.version);
    const changes = changesBetween(audited(before), { ...audited(before), ...body });
    if (Object.keys(changes).length === 0) return { result: before, audit: [] };
    const row = await changeSubaccount(tx, before, now, body);
    return { result: row, audit: entry("subaccount.updated", row, changes) };
  },
});

/** Deletes a subaccount. Keys and members that named it lose it; each of them has its own audit event. */
export const deleteSubaccount = mutation({
  access: "manager",
  denied: { action: "subaccount.deleted", targetType: "subaccount" },
  input: { params: subaccountParams },
  run: async ({ tx, principal, context }, { params }) => {
    const row = (await lockSubaccount(tx, principal, params.id)) ?? absent();
    requireVersion(context.ifMatch, row.version);
    const { keys, members } = await removeSubaccount(tx, row);
    const changes: AuditEntry["changes"] = {
      ...changesBetween(audited(row), {}),
      keys_changed: [null, keys.length],
      members_changed: [null, members.length],
    };
    const lost = (holder: Holder, action: AuditAction, type: string, field: string): AuditEntry => ({
      action,
      target: { type, id: holder.id, name: holder.name },
      changes: { [field]: [holder.held, holder.held.filter((id) => id !== row.id)] },
    });
    const audit = [
      entry("subaccount.deleted", row, changes),
      ...keys.map((key) => lost(key, "api_key.updated", "api_key", "allowed_subaccounts")),
      ...members.map((member) => lost(member, "member.updated", "member", "subaccounts")),
    ];
    return { result: undefined, audit };
  },
});

function refuseLimited(principal: Principal): void {
  if (principal.type !== "user" || principal.subaccounts === null) return;
  throw new AppError("exceeds_own_access", "Your access is limited to certain subaccounts, so you cannot add others.");
}

function audited({ name, external_id }: SubaccountRow) {
  return { name, external_id };
}

function entry(action: AuditAction, row: SubaccountRow, changes: AuditEntry["changes"]): AuditEntry {
  return { action, target: { type: "subaccount", id: row.id, name: row.name }, changes };
}

function absent(): never {
  throw notFound("There is no subaccount with this id.");
}
