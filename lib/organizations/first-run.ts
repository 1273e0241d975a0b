import { hashPassword } from "@/lib/auth/passwords";
import { type Env, getEnv } from "@/lib/env";
import { newId } from "@/lib/ids";
import { anyMember, lockFirstRun } from "@/lib/organizations/repository";
import { MAX_MEMBER_NAME } from "@/lib/organizations/schema";
import { bootstrap, createOrganization, issueSetupToken } from "@/lib/organizations/setup";
import { signingKeysInUse, UnreadableSigningKeys } from "@/lib/organizations/signing-keys";
import { inTransaction } from "@/lib/transaction";

/**
 * What an instance without users does at start: creates the owner that the environment names, bootstrap included, or
 * else issues a one-time set-up link. Does nothing, and returns no link, once any user exists.
 */
export async function firstRun(): Promise<{ setupUrl: string | null }> {
  await refuseForeignMasterKey();
  if (await anyMember()) return { setupUrl: null };
  const { owner, url } = getEnv();
  if (owner) {
    await createOwner(owner);
    return { setupUrl: null };
  }
  const token = await issueSetupToken();
  return { setupUrl: token === null ? null : `${url}/setup?token=${token}` };
}

/** With another master key every token would look wrong: better not to start than to turn good keys away. */
async function refuseForeignMasterKey(): Promise<void> {
  try {
    await signingKeysInUse();
  } catch (cause) {
    if (!(cause instanceof UnreadableSigningKeys)) throw cause;
    const way = "Give back the LATCHKEY_MASTER_KEY, or the data directory's master.key, that they were made with.";
    throw new Error(`The master key does not open the signing keys in this database. ${way}`, { cause });
  }
}

async function createOwner({ email, password, organization }: NonNullable<Env["owner"]>): Promise<void> {
  const name = email.slice(0, email.indexOf("@")).slice(0, MAX_MEMBER_NAME);
  const password_hash = await hashPassword(password);
  await inTransaction(async (tx) => {
    await lockFirstRun(tx);
    if (await anyMember(tx)) return;
    const request = { ip: null, requestId: newId("req") };
    const { organizationId } = await createOrganization(tx, { organization, name, email, password_hash }, request);
    await bootstrap(tx, organizationId);
  });
}
