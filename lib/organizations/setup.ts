import { createHash, randomBytes } from "node:crypto";
import type { z } from "zod";
import { recordDone } from "@/lib/audit/repository";
import { hashPassword } from "@/lib/auth/passwords";
import { getDb, type Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { newId, type OrganizationId } from "@/lib/ids";
import {
  anyMember,
  insertOrganization,
  insertOwner,
  lockFirstRun,
  markBootstrapped,
} from "@/lib/organizations/repository";
import { setupSchema } from "@/lib/organizations/schema";
import { addSigningKey } from "@/lib/organizations/signing-keys";
import { fieldErrorsOf } from "@/lib/parse";
import { insertDefaultProducts } from "@/lib/products/repository";
import { insertRegion } from "@/lib/regions/repository";
import { inTransaction } from "@/lib/transaction";

const SETUP_LINK_HOURS = 24;

const digestOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A new one-time set-up token, or null once any user exists. Only its digest is stored; it expires in 24 h. */
export async function issueSetupToken(): Promise<string | null> {
  return inTransaction(async (tx) => {
    if (await anyMember(tx)) return null;
    const token = randomBytes(32).toString("base64url");
    await tx.$executeRaw`
      INSERT INTO setup_tokens (token_digest, expires_at)
      VALUES (${digestOf(token)}, now() + make_interval(hours => ${SETUP_LINK_HOURS}::int))`;
    return token;
  });
}

/** True while nobody can sign in, for there is no user yet: the one-time link is in the server's log. */
export const isNewInstance = async (): Promise<boolean> => !(await anyMember());

/** True if `token` would still be taken by `setUp`. */
export async function setupTokenIsGood(token: string): Promise<boolean> {
  const { rowCount } = await getDb().pool.query(
    "SELECT 1 FROM setup_tokens WHERE token_digest = $1 AND expires_at > now() AND NOT EXISTS (SELECT 1 FROM members)",
    [digestOf(token)],
  );
  return rowCount === 1;
}

/**
 * Creates the organization and its owner from the one-time link. 404 once any user exists or when the link is not
 * good; of two at once, one succeeds.
 */
export async function setUp(raw: unknown, request: { ip: string | null; requestId: string }): Promise<void> {
  if (await anyMember()) throw linkIsNotGood();
  const parsed = setupSchema.safeParse((raw as { body?: unknown }).body);
  if (!parsed.success) throw fieldErrorsOf(withBodyPath(parsed.error));
  const { setup_token, ...owner } = parsed.data;
  if (!(await setupTokenIsGood(setup_token))) throw linkIsNotGood();
  const password_hash = await hashPassword(owner.password);
  await inTransaction(async (tx) => {
    await lockFirstRun(tx);
    const used =
      await tx.$executeRaw`DELETE FROM setup_tokens WHERE token_digest = ${digestOf(setup_token)} AND expires_at > now()`;
    if (used !== 1 || (await anyMember(tx))) throw linkIsNotGood();
    await createOrganization(tx, { ...owner, password_hash }, request);
  });
}

const linkIsNotGood = (): AppError =>
  new AppError(
    "not_found",
    "This set-up link was used, has expired or was never issued. Restart Latchkey for a new one.",
  );

function withBodyPath(error: z.ZodError): z.ZodError {
  for (const issue of error.issues) issue.path.unshift("body");
  return error;
}

export type NewOrganization = { organization: string; name: string; email: string; password_hash: string };

/** An organization with its owner, default region and the standard catalogue. API keys are not set up by this. */
export async function createOrganization(
  tx: Tx,
  owner: NewOrganization,
  request: { ip: string | null; requestId: string },
): Promise<{ organizationId: OrganizationId; ownerId: string; regionId: string }> {
  const organizationId = newId("org") as OrganizationId;
  const ownerId = newId("usr");
  await insertOrganization(tx, { id: organizationId, name: owner.organization });
  await insertOwner(tx, {
    id: ownerId,
    organization_id: organizationId,
    name: owner.name,
    email: owner.email,
    password_hash: owner.password_hash,
  });
  const region = await insertRegion(tx, {
    organization_id: organizationId,
    name: "Default",
    description: null,
    is_default: true,
  });
  await insertDefaultProducts(tx, organizationId);
  await tx.$executeRaw`DELETE FROM setup_tokens`;
  const principal = { type: "user" as const, id: ownerId, name: owner.name };
  await recordDone(tx, { organizationId, principal, ...request }, [
    {
      action: "organization.created",
      target: { type: "organization", id: organizationId, name: owner.organization },
      changes: {},
    },
    {
      action: "member.created",
      target: { type: "member", id: ownerId, name: owner.name },
      changes: { email: [null, owner.email], role: [null, "owner"] },
    },
  ]);
  return { organizationId, ownerId, regionId: region.id };
}

/** Makes the organization's first signing key, from when on keys can exist. Doing it again changes nothing. */
export async function bootstrap(tx: Tx, organizationId: OrganizationId): Promise<boolean> {
  if (!(await markBootstrapped(tx, organizationId))) return false;
  await addSigningKey(tx, organizationId);
  return true;
}
