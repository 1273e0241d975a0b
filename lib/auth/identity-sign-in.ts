import type { AuditChanges, AuditEntry } from "@/lib/audit/entry";
import { recordDone } from "@/lib/audit/repository";
import { auditRefusedSignIn } from "@/lib/auth/refused-sign-in";
import {
  activateWithoutPassword,
  type HeldAccount,
  holdLinkedMember,
  holdMemberByEmail,
  type IdentityKey,
  linkIdentity,
  lockIdentity,
} from "@/lib/auth/repository-identities";
import { type SignInRequest, startSession, whoSignsIn } from "@/lib/auth/start-session";
import type { Tx } from "@/lib/db";
import { newId } from "@/lib/ids";
import { atMostAMinute } from "@/lib/once-a-minute";
import { inTransaction } from "@/lib/transaction";

/** What a provider that proved itself says of who is signing in. */
export type Identity = IdentityKey & {
  /** In the form that members' addresses are stored in; null if there is none that could be a member's. */
  email: string | null;
  /** Whether the provider says that the address is theirs. */
  emailVerified: boolean;
  /** A name for someone who joins by this; null if there is none that can be shown. */
  name: string | null;
};

export type IdentitySignInResult = { outcome: "signed_in"; sessionSecret: string } | { outcome: "refused" };

type Why = "email_not_verified" | "not_a_member" | "deactivated" | "invitation_expired";
type Judged = { account: HeldAccount | null; sessionSecret: string } | { account: HeldAccount | null; why: Why };

/**
 * Signs in the member that an identity belongs to: the one it is linked to, whatever its e-mail is by now, else the
 * member with the e-mail that the provider has verified, who is linked to it by this, and joins by it if they were
 * invited and the invitation has not expired. Makes no member of a stranger. Every refusal is audited, with its reason; the answer has none.
 */
export async function signInByIdentity(
  identity: Identity,
  from: Pick<SignInRequest, "ip" | "userAgent">,
): Promise<IdentitySignInResult> {
  const request = { ...from, requestId: newId("req") };
  const how: AuditChanges = { provider: [null, identity.issuer] };
  const judged = await inTransaction(async (tx): Promise<Judged> => {
    await lockIdentity(tx, identity);
    const linked = await holdLinkedMember(tx, identity);
    const account = linked ?? (identity.email === null ? null : await holdMemberByEmail(tx, identity.email));
    const why = refusalOf(account, identity, linked !== null);
    if (why !== null || account === null) return { account, why: why ?? "not_a_member" };

    const member = linked ?? (await link(tx, identity, account, request));
    const sessionSecret = await startSession(tx, member, request, how);
    return sessionSecret === null ? { account, why: "deactivated" } : { account, sessionSecret };
  });
  if ("sessionSecret" in judged) return { outcome: "signed_in", sessionSecret: judged.sessionSecret };

  // The log cannot be shortened: whoever is refused again and again writes no more than this.
  if (atMostAMinute(`identity:${identity.issuer}|${identity.subject}`, 10)) {
    await auditRefusedSignIn(judged.account, identity.email, request, judged.why, how);
  }
  return { outcome: "refused" };
}

/** An address that was not verified is anyone's claim: it reaches no member, whoever they are. */
function refusalOf(account: HeldAccount | null, identity: Identity, isLinked: boolean): Why | null {
  if (!isLinked && !identity.emailVerified) return "email_not_verified";
  if (account === null) return "not_a_member";
  if (account.is_closed) return "deactivated";
  return account.is_invited && !account.has_open_invitation ? "invitation_expired" : null;
}

/** Ties the identity to the member from now on; someone who was invited has thereby joined. */
async function link(tx: Tx, identity: Identity, account: HeldAccount, request: SignInRequest): Promise<HeldAccount> {
  await linkIdentity(tx, identity, account.id);
  const changes: AuditChanges = { identity: [null, `${identity.subject} at ${identity.issuer}`] };
  let member = account;
  if (account.is_invited) {
    member = await activateWithoutPassword(tx, account, identity.name ?? account.name);
    changes.status = ["invited", "active"];
    if (member.name !== account.name) changes.name = [account.name, member.name];
  }
  const target = { type: "member", id: member.id, name: member.name };
  const entry: AuditEntry = { action: account.is_invited ? "member.activated" : "member.updated", target, changes };
  await recordDone(tx, whoSignsIn(member, request), [entry]);
  return member;
}
