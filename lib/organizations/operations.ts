import { z } from "zod";
import { changesBetween } from "@/lib/api-keys/changes";
import type { AuditEntry } from "@/lib/audit/entry";
import type { Tx } from "@/lib/db";
import { AppError, notFound, validationFailed } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { inSteps, STEP } from "@/lib/in-steps";
import { type Audited, mutation, query } from "@/lib/operation";
import type { SigningKeyRow } from "@/lib/organizations/repository";
import {
  findOrganization,
  holdOrganization,
  lockOrganization,
  lockSigningKeys,
  markSigningKeyRetired,
  removeKeys,
  removeOrganization,
  removeRecords,
  renameOrganization,
  retireAllSigningKeys,
  retireUnusedSigningKeys,
  selectSigningKeys,
  wasReplacedLongAgo,
} from "@/lib/organizations/repository";
import {
  deleteOrganizationSchema,
  retireSigningKeySchema,
  signingKeyParams,
  updateOrganizationSchema,
} from "@/lib/organizations/schema";
import { bootstrap } from "@/lib/organizations/setup";
import { addSigningKey, notBootstrapped } from "@/lib/organizations/signing-keys";
import { requireVersion } from "@/lib/versions";

/** The member's own organization. */
export const getOrganization = query({
  access: "member",
  input: {},
  run: async ({ principal }) => {
    const row = await findOrganization(principal.organization_id);
    if (!row) throw new Error("A session outlived its organization.");
    return row;
  },
});

export const updateOrganization = mutation({
  access: "manager",
  denied: { action: "organization.updated", targetType: "organization" },
  input: { body: updateOrganizationSchema },
  run: async ({ tx, principal, now, context }, { body }) => {
    const before = await lockOrganization(tx, principal.organization_id);
    requireVersion(context.ifMatch, before.version);
    const name = body.name ?? before.name;
    const changes = changesBetween({ name: before.name }, { name });
    if (Object.keys(changes).length === 0) return { result: before, audit: [] };
    const row = await renameOrganization(tx, principal.organization_id, name, now);
    const target = { type: "organization", id: row.id, name: row.name };
    return { result: row, audit: { action: "organization.updated", target, changes } };
  },
});

/** Every version of the signing key, newest first, and how many tokens are under each. Never a key itself. */
export const listSigningKeys = query({
  access: "manager",
  input: {},
  run: ({ principal }) => selectSigningKeys(principal.organization_id),
});

/**
 * Makes a new signing key, under which tokens are digested from now on. Tokens under older ones go on working; older
 * ones that no token is left under are retired. Two at once make two versions, one after the other.
 */
export const rotateSigningKey = mutation({
  access: "manager",
  denied: { action: "signing_key.rotated", targetType: "organization" },
  input: {},
  run: async ({ tx, principal }) => {
    const { id, name, bootstrapped_at } = await lockOrganization(tx, principal.organization_id);
    if (bootstrapped_at === null) throw notBootstrapped();
    await requireRoomForAnother(tx, principal.organization_id);
    const version = await addSigningKey(tx, id);
    const retired = await retireUnusedSigningKeys(tx, principal.organization_id);
    const [row] = await selectSigningKeys(principal.organization_id, tx);
    if (!row) throw new Error("The new signing key is not there.");
    const changes: Record<string, [unknown, unknown]> = { version: [version - 1, version] };
    if (retired.length > 0) changes.retired_versions = [null, retired];
    const target = { type: "organization", id, name };
    return { result: row, audit: { action: "signing_key.rotated", target, changes } };
  },
});

/** Versions in use at once. Every token that is presented is digested under each of them. */
const MOST_VERSIONS = 16;

async function requireRoomForAnother(tx: Tx, id: OrganizationId): Promise<void> {
  const inUseNow = (await selectSigningKeys(id, tx)).filter(({ retired_at }) => retired_at === null);
  if (inUseNow.length < MOST_VERSIONS) return;
  throw inUse(`${MOST_VERSIONS} versions are in use, the most there may be. Retire an old one first.`);
}

/**
 * Retires a version of the signing key, never the current one: what is digested under it works no more, on any
 * instance. Refused while tokens depend on it, or may be in the making under it, unless `end_tokens` says that they are
 * to stop. Returns the version as it is then.
 */
export const retireSigningKey = mutation({
  access: "manager",
  denied: { action: "signing_key.retired", targetType: "organization" },
  input: { params: signingKeyParams, body: retireSigningKeySchema },
  run: async ({ tx, principal, now }, { params, body }) => {
    const { id, name } = await lockOrganization(tx, principal.organization_id);
    await lockSigningKeys(tx, principal.organization_id);
    const [current, ...older] = await selectSigningKeys(principal.organization_id, tx);
    if (String(current?.version) === params.version) throw inUse("This is the current version: rotate first.");
    const row = older.find(({ version }) => String(version) === params.version);
    if (!row) throw notFound("There is no such version of the signing key.");
    if (row.retired_at !== null) return { result: row, audit: [] };
    if (!body.end_tokens) await requireUnused(tx, principal.organization_id, row);
    await markSigningKeyRetired(tx, principal.organization_id, row.version);
    const changes = { retired_version: [null, row.version], tokens: [row.tokens, 0] } satisfies Changes;
    const audit: AuditEntry = { action: "signing_key.retired", target: { type: "organization", id, name }, changes };
    return { result: { ...row, retired_at: now }, audit };
  },
});

type Changes = Record<string, [unknown, unknown]>;

async function requireUnused(tx: Tx, id: OrganizationId, { version, tokens }: SigningKeyRow): Promise<void> {
  if (tokens > 0) {
    const depend = tokens === 1 ? "1 token depends" : `${tokens.toLocaleString("en")} tokens depend`;
    throw inUse(`${depend} on version ${version} and would stop working.`, { tokens });
  }
  if (await wasReplacedLongAgo(tx, id, version)) return;
  const words = `Version ${version} was replaced less than an hour ago: a token may be in the making under it.`;
  throw inUse(`${words} Retire it when the hour is over.`);
}

const inUse = (detail: string, members: Record<string, unknown> = {}): AppError =>
  new AppError("signing_key_in_use", detail, { members });

const DELETED = { action: "organization.deleted", targetType: "organization" } as const;

/**
 * Deletes the organization and everything in it: every key, session and member, at once and for good. The audit log
 * stays. The body repeats the name, so that no slip can do this. Of one that has very much all tokens end first, and it
 * may take more than one request: it is gone when 2xx says so.
 */
export const deleteOrganization = query({
  access: "owner",
  denied: () => DELETED,
  input: { body: deleteOrganizationSchema },
  run: async (context, { body }) => {
    let keys = 0;
    const step = async () => {
      const done = await deleteSome(context, { body, query: { keys } });
      keys += done.keys;
      return done.isGone ? "done" : "more";
    };
    await inSteps(step, () => {
      const detail =
        "The organization has more than can be deleted in a request. Its tokens work no more, but some of it is left. Send the request again to go on.";
      return new AppError("unavailable", detail, { retryAfter: 1 });
    });
  },
});

/** Rows of a record in one step: they are small, and nothing refers to them. */
const RECORDS = 10 * STEP;

type Step = { keys: number; isGone: boolean };

/** Deletes as much of the organization as one transaction should, and the organization itself when no more is left. */
const deleteSome = mutation({
  access: "owner",
  denied: DELETED,
  // How many keys went in the steps before, for the last one to tell of them all.
  input: { body: deleteOrganizationSchema, query: z.strictObject({ keys: z.int() }) },
  run: async ({ tx, principal, context }, { body, query: before }): Promise<Audited<Step>> => {
    const { organization_id } = principal;
    const row = await holdOrganization(tx, organization_id);
    requireVersion(context.ifMatch, row.version);
    if (body.name.normalize("NFC").trim() !== row.name) {
      const detail = `Type the organization's name exactly: ${row.name}.`;
      throw validationFailed([{ pointer: "/name", code: "name_mismatch", detail }]);
    }
    const target = { type: "organization", id: row.id, name: row.name };
    const keys = await removeKeys(tx, organization_id, STEP);
    const isGone = keys < STEP && (await removeRecords(tx, organization_id, RECORDS)) < RECORDS;
    if (!isGone) {
      const changes: Changes = { keys_deleted: [null, keys] };
      if (await retireAllSigningKeys(tx, organization_id)) changes.tokens_work = [true, false];
      return { result: { keys, isGone }, audit: { action: "organization.updated", target, changes } };
    }
    const members = await removeOrganization(tx, organization_id);
    const changes: Changes = { keys: [before.keys + keys, 0], members: [members, 0] };
    return { result: { keys, isGone }, audit: { action: "organization.deleted", target, changes } };
  },
});

/** "Set up API keys": an owner's one press. Idempotent; only the first press is a change, and only it is audited. */
export const setUpApiKeys = mutation({
  access: "owner",
  denied: { action: "organization.bootstrapped", targetType: "organization" },
  input: {},
  run: async ({ tx, principal }) => {
    const first = await bootstrap(tx, principal.organization_id);
    const name = principal.type === "user" ? principal.organization_name : "";
    const target = { type: "organization", id: principal.organization_id, name };
    return { result: undefined, audit: first ? [{ action: "organization.bootstrapped", target, changes: {} }] : [] };
  },
});
