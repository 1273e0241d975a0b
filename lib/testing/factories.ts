import { randomBytes } from "node:crypto";
import { encode } from "next-auth/jwt";
import type { CreateKeyInput } from "@/lib/api-keys/schema";
import type { ApiKey } from "@/lib/api-keys/view";
import { hashPassword } from "@/lib/auth/passwords";
import { findSession, sessionDigest } from "@/lib/auth/repository";
import { readSessionSecret, sessionCookieName, sessionCookieSecret } from "@/lib/auth/session-cookie";
import type { RequestContext } from "@/lib/context";
import { getDb } from "@/lib/db";
import { newId, type OrganizationId } from "@/lib/ids";
import { bootstrap, createOrganization } from "@/lib/organizations/setup";
import type { Role } from "@/lib/principal";
import { apiClient, type Client } from "@/lib/testing/client";
import { inTransaction } from "@/lib/transaction";

export const PASSWORD = "four unrelated wooden spoons";

export type TestMember = { id: string; email: string; cookie: string; client: Client };
export type TestOrganization = { id: OrganizationId; regionId: string; owner: TestMember };
export type TestKey = { id: string; token: string; key: ApiKey; client: Client };

let counter = 0;

/** An organization with its owner signed in, its default region and catalogue; API keys set up unless told not to. */
export async function makeOrganization({ bootstrapped = true } = {}): Promise<TestOrganization> {
  const email = `owner-${++counter}-${randomBytes(3).toString("hex")}@example.com`;
  const password_hash = await hashPassword(PASSWORD);
  const owner = { organization: "Acme", name: "Ada", email, password_hash };
  const made = await inTransaction(async (tx) => {
    const created = await createOrganization(tx, owner, { ip: null, requestId: newId("req") });
    if (bootstrapped) await bootstrap(tx, created.organizationId);
    return created;
  });
  const cookie = await signedInCookie(made.ownerId);
  return {
    id: made.organizationId,
    regionId: made.regionId,
    owner: { id: made.ownerId, email, cookie, client: apiClient({ cookie }) },
  };
}

type MemberLimits = { permissions?: string[]; subaccounts?: string[]; name?: string };

/** An active member of this role with a live session. */
export async function makeMember(
  organization: TestOrganization,
  role: Role,
  limits: MemberLimits = {},
): Promise<TestMember> {
  const id = newId("usr");
  const email = `${role}-${++counter}-${randomBytes(3).toString("hex")}@example.com`;
  await getDb().prisma.member.createMany({
    data: [
      {
        id,
        organization_id: organization.id,
        email,
        name: limits.name ?? `A ${role}`,
        role,
        password_hash: await hashPassword(PASSWORD),
        activated_at: new Date(),
        limit_permissions: limits.permissions !== undefined,
        permissions: limits.permissions ?? [],
        limit_subaccounts: limits.subaccounts !== undefined,
        subaccounts: limits.subaccounts ?? [],
      },
    ],
  });
  const cookie = await signedInCookie(id);
  return { id, email, cookie, client: apiClient({ cookie }) };
}

/** A new session row of the member, and the cookie that next-auth would have set for it. */
export async function signedInCookie(memberId: string): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  await getDb().pool.query(
    "INSERT INTO sessions (id, secret_digest, member_id, ip, expires_at) VALUES ($1, $2, $3, '203.0.113.7', now() + interval '12 hours')",
    [newId("ses"), sessionDigest(secret), memberId],
  );
  const value = await encode({ token: { sid: secret }, secret: sessionCookieSecret() });
  return `${sessionCookieName()}=${value}`;
}

/** What a page has of a signed-in member: for operations that no route serves. */
export async function contextOf({ cookie }: Pick<TestMember, "cookie">): Promise<RequestContext> {
  const principal = await findSession((await readSessionSecret(cookie)) ?? "");
  if (!principal) throw new Error("The member is signed in.");
  return { principal, requestId: newId("req"), ip: null };
}

export const ALL_KEY_PERMISSIONS = [
  "account:apikeys:create",
  "account:apikeys:read",
  "account:apikeys:update",
  "account:apikeys:delete",
  "account:apikeys:regenerate",
  "account:apikeys:verify",
  "account:usage:read",
  "account:audit:read",
  "datacenter_shared:read",
  "datacenter_shared:write",
  "residential:read",
];

/** A key made by the owner through the API; by default one that may do everything with keys. */
export async function makeKey(
  organization: TestOrganization,
  given: Partial<CreateKeyInput> = {},
  ip?: string,
): Promise<TestKey> {
  const scopes = [{ action: "*", resource: "*" }];
  const body = { name: `Key ${++counter}`, permissions: ALL_KEY_PERMISSIONS, scopes, ...given };
  const answer = await organization.owner.client.post("/v4/account/api-keys", body);
  if (answer.status !== 201) throw new Error(`No key was made: ${JSON.stringify(answer.body)}`);
  const { token, ...key } = answer.body;
  return { id: key.id, token, key, client: apiClient({ token, ...(ip ? { ip } : {}) }) };
}
