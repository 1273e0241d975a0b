import { changesBetween } from "@/lib/api-keys/changes";
import { keyParamsSchema, lockTarget, targetOf } from "@/lib/api-keys/kernel";
import { lockKey } from "@/lib/api-keys/repository";
import type { AuditAction } from "@/lib/audit/actions";
import type { AuditEntry } from "@/lib/audit/entry";
import type { Tx } from "@/lib/db";
import { AppError, notFound, validationFailed } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { issueInvitation } from "@/lib/members/invitations";
import { checkLimits, permissionColumns, standingOf, subaccountColumns } from "@/lib/members/limits";
import { losesOwner, type Manager, refuseSelf, requireAuthorityOver, requireReach } from "@/lib/members/policy";
import {
  changeMember,
  countOtherActiveOwners,
  endSessions,
  findMember,
  insertMember,
  lockMember,
  lockOwners,
  type MemberChange,
  type MemberRow,
  removeMember,
  selectMembers,
} from "@/lib/members/repository";
import { withdrawInvitations } from "@/lib/members/repository-invitations";
import { keepKey, reasonToReview, selectKeysToReview } from "@/lib/members/repository-review";
import { inviteMemberSchema, memberParams, type UpdateMember, updateMemberSchema } from "@/lib/members/schema";
import { memberStatus } from "@/lib/members/status";
import { mutation, query } from "@/lib/operation";
import { pageQuerySchema } from "@/lib/paging";
import type { Principal } from "@/lib/principal";
import { requireVersion } from "@/lib/versions";

/** The organization's members, oldest first. */
export const listMembers = query({
  access: "manager",
  input: { query: pageQuerySchema },
  run: ({ principal }, { query: page }) => selectMembers(principal.organization_id, page),
});

export const getMember = query({
  access: "manager",
  input: { params: memberParams },
  run: async ({ principal }, { params }) => (await findMember(principal.organization_id, params.id)) ?? absent(),
});

/**
 * The active keys whose maker was removed, was deactivated or could not make them any more: keys go on working when
 * their maker leaves, so that nothing breaks by itself, and are listed here for a decision.
 */
export const listKeysToReview = query({
  access: "manager",
  input: { query: pageQuerySchema },
  run: ({ principal }, { query: page }) => {
    if (principal.type !== "user") throw new Error("Only a member's session reviews keys.");
    return selectKeysToReview(principal, page);
  },
});

/**
 * Decides that a listed key goes on working: it is off the list until something else happens to its maker. 404 for a
 * key that is not on the list.
 */
export const keepKeyToReview = mutation({
  access: "manager",
  denied: { action: "api_key.kept", targetType: "api_key" },
  input: { params: keyParamsSchema },
  lock: lockTarget,
  run: async ({ tx, principal }, { params }) => {
    if (principal.type !== "user") throw new Error("Only a member's session reviews keys.");
    const row = await lockKey(tx, principal, params.id);
    const reason = row === null ? null : await reasonToReview(tx, principal, row.id);
    if (row === null || reason === null) throw notFound("No key with this id is to be reviewed.");
    await keepKey(tx, row.id);
    const audit: AuditEntry = { action: "api_key.kept", target: targetOf(row), changes: { review: [reason, null] } };
    return { result: undefined, audit };
  },
});

/** Invites someone. The link is in this answer only, valid for 7 days; limits left out are those of who invites. */
export const inviteMember = mutation({
  access: "manager",
  denied: { action: "member.invited", targetType: "member" },
  input: { body: inviteMemberSchema },
  run: async ({ tx, principal, now }, { body }) => {
    const manager = managerOf(principal);
    const { email, role, permissions = manager.permissions, subaccounts = manager.subaccounts } = body;
    requireAuthorityOver(manager, role);
    requireReach(manager, { role, permissions, subaccounts }, null);
    await checkLimits(tx, principal.organization_id, { permissions, subaccounts }, manager);
    const row = await insertMember(tx, {
      organization_id: principal.organization_id,
      email,
      role,
      name: body.name ?? email.slice(0, email.indexOf("@")).slice(0, 100),
      ...permissionColumns(permissions),
      ...subaccountColumns(subaccounts),
      created_at: now,
    });
    const { url } = await issueInvitation(tx, row.id);
    const audit = entry("member.invited", row, changesBetween({}, audited(row)));
    return { result: { row, url }, audit };
  },
});

/** A new link for a member who has not accepted yet; older ones end. 404 for anyone else: there is no invitation. */
export const renewInvitation = mutation({
  access: "manager",
  denied: { action: "member.invited", targetType: "member" },
  input: { params: memberParams },
  lock: (tx, { params }) => ({ id: params.id, take: () => lockMember(tx, params.id) }),
  run: async ({ tx, principal }, { params }) => {
    const row = (await findMember(principal.organization_id, params.id, tx)) ?? absent();
    const manager = managerOf(principal);
    requireAuthorityOver(manager, row.role);
    // Whoever holds the link can become this member: it must not be more than who asks for it.
    requireReach(manager, standingOf(row), null);
    if (memberStatus(row) !== "invited") throw notFound("This member has no open invitation.");
    const invitation = await issueInvitation(tx, row.id);
    return { result: invitation, audit: entry("member.invited", row, { invitation: [null, "renewed"] }) };
  },
});

/**
 * Changes a member. A changed role and a deactivation end the member's sessions in the same transaction; changed
 * limits are in force at their next request. Their keys go on working.
 */
export const updateMember = mutation({
  access: "manager",
  denied: { action: "member.updated", targetType: "member" },
  input: { params: memberParams, body: updateMemberSchema },
  lock: (tx, { params }) => ({ id: params.id, take: () => lockMember(tx, params.id) }),
  run: async ({ tx, principal, now, context }, { params, body }) => {
    const before = (await findMember(principal.organization_id, params.id, tx)) ?? absent();
    requireVersion(context.ifMatch, before.version);
    const change = changeOf(before, body, now);
    const next = { ...before, ...change };
    const changes = changesBetween(audited(before), audited(next));
    if (Object.keys(changes).length === 0) return { result: before, audit: [] };

    const manager = managerOf(principal);
    const { name: _, ...power } = changes;
    requireAuthorityOver(manager, before.role, next.role);
    if (Object.keys(power).length > 0) {
      await refuseLosingLastOwner(tx, principal.organization_id, before, next);
      refuseSelf(manager, before);
      requireReach(manager, standingOf(next), body.status === "active" ? null : standingOf(before));
      await checkLimits(tx, principal.organization_id, body, standingOf(before));
    }
    const row = await changeMember(tx, before, now, change);
    if (changes.role || (changes.status && row.deactivated_at)) await endSessions(tx, row.id);
    if (row.deactivated_at) await withdrawInvitations(tx, row.id);
    return { result: row, audit: entriesOf(row, changes) };
  },
});

/** Removes a member; an open invitation ends with them. Their keys stay and go on working. */
export const deleteMember = mutation({
  access: "manager",
  denied: { action: "member.deleted", targetType: "member" },
  input: { params: memberParams },
  lock: (tx, { params }) => ({ id: params.id, take: () => lockMember(tx, params.id) }),
  run: async ({ tx, principal, context }, { params }) => {
    const row = (await findMember(principal.organization_id, params.id, tx)) ?? absent();
    requireVersion(context.ifMatch, row.version);
    const manager = managerOf(principal);
    requireAuthorityOver(manager, row.role);
    await refuseLosingLastOwner(tx, principal.organization_id, row, null);
    refuseSelf(manager, row);
    await removeMember(tx, principal.organization_id, row.id);
    return { result: undefined, audit: entry("member.deleted", row, changesBetween(audited(row), {})) };
  },
});

function managerOf(principal: Principal): Manager {
  if (principal.type !== "user") throw new Error("Only a member's session manages members.");
  return principal;
}

function changeOf(before: MemberRow, body: UpdateMember, now: Date): MemberChange {
  const { status, permissions, subaccounts, ...plain } = body;
  if (status === "active" && memberStatus(before) === "invited") {
    const detail = "This member becomes active by accepting the invitation.";
    throw validationFailed([{ pointer: "/status", code: "invalid_value", detail }]);
  }
  const change: MemberChange = { ...plain };
  if (permissions !== undefined) Object.assign(change, permissionColumns(permissions));
  if (subaccounts !== undefined) Object.assign(change, subaccountColumns(subaccounts));
  if (status === "deactivated") change.deactivated_at = before.deactivated_at ?? now;
  if (status === "active") change.deactivated_at = null;
  return change;
}

/** Throws 409 `last_owner` if the change leaves nobody who may do everything. Two at once take turns. */
async function refuseLosingLastOwner(
  tx: Tx,
  organizationId: OrganizationId,
  before: MemberRow,
  after: MemberRow | null,
): Promise<void> {
  const standing = (row: MemberRow) => ({ id: row.id, ...standingOf(row), status: memberStatus(row) });
  if (!losesOwner(standing(before), after && standing(after))) return;
  await lockOwners(tx, organizationId);
  if ((await countOtherActiveOwners(tx, organizationId, before.id)) > 0) return;
  throw new AppError("last_owner", "This is the last active owner. Make someone else an owner first.");
}

/** Deactivating and reactivating are events of their own, beside whatever else was changed. */
function entriesOf(row: MemberRow, { status, ...other }: AuditEntry["changes"]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  if (Object.keys(other).length > 0) entries.push(entry("member.updated", row, other));
  if (status) entries.push(entry(row.deactivated_at ? "member.deactivated" : "member.reactivated", row, { status }));
  return entries;
}

function audited(row: MemberRow) {
  const { name, email } = row;
  return { name, email, status: memberStatus(row), ...standingOf(row) };
}

function entry(action: AuditAction, row: MemberRow, changes: AuditEntry["changes"]): AuditEntry {
  return { action, target: { type: "member", id: row.id, name: row.name }, changes };
}

function absent(): never {
  throw notFound("There is no member with this id.");
}
