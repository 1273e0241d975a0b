import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { recordDone } from "@/lib/audit/repository";
import { guessable } from "@/lib/auth/password-rules";
import { hashPassword } from "@/lib/auth/passwords";
import type { Tx } from "@/lib/db";
import { getEnv } from "@/lib/env";
import { notFound, validationFailed } from "@/lib/errors";
import {
  activate,
  findOpenInvitation,
  lockOpenInvitation,
  replaceInvitation,
} from "@/lib/members/repository-invitations";
import { acceptInvitationSchema, invitationParams } from "@/lib/members/schema";
import { fieldErrorsOf } from "@/lib/parse";
import { inTransaction } from "@/lib/transaction";

const digestOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/** A new invitation link for a member; older ones end. The token is in this answer only: its digest is stored. */
export async function issueInvitation(tx: Tx, memberId: string): Promise<{ url: string; expiresAt: Date }> {
  const token = randomBytes(32).toString("base64url");
  const expiresAt = await replaceInvitation(tx, memberId, digestOf(token));
  return { url: `${getEnv().url}/invite/${token}`, expiresAt };
}

/** Whom an invitation link is for, or null when it was used, has expired or was never issued. */
export async function findInvitation(token: string): Promise<{ email: string; organization_name: string } | null> {
  const found = await findOpenInvitation(digestOf(token));
  return found && { email: found.email, organization_name: found.organization_name };
}

const acceptInput = z.object({ params: invitationParams, body: acceptInvitationSchema });

/**
 * Turns an invited member into an active one, with the name and password that they chose. Single use: of two at once,
 * one succeeds. Throws 404 for a link that is not good, whatever the reason.
 */
export async function acceptInvitation(raw: unknown, request: { ip: string | null; requestId: string }): Promise<void> {
  const parsed = acceptInput.safeParse(raw);
  if (!parsed.success) {
    if (parsed.error.issues.some(({ path }) => path[0] === "params")) throw linkIsNotGood();
    throw fieldErrorsOf(parsed.error);
  }
  const { params, body } = parsed.data;
  const digest = digestOf(params.invitation_token);
  const invitation = (await findOpenInvitation(digest)) ?? notGood();
  const reason = guessable(body.password, invitation.email);
  if (reason) throw validationFailed([{ pointer: "/password", code: "password_too_common", detail: reason }]);

  // Hashing takes its time on purpose: not while a transaction holds locks and a connection.
  const password_hash = await hashPassword(body.password);
  await inTransaction(async (tx) => {
    const member = (await lockOpenInvitation(tx, invitation.member_id, digest)) ?? notGood();
    await activate(tx, { id: member.id, digest, name: body.name, password_hash });
    const principal = { type: "user" as const, id: member.id, name: body.name };
    const changes: Record<string, [unknown, unknown]> = { status: ["invited", "active"] };
    if (member.name !== body.name) changes.name = [member.name, body.name];
    const target = { type: "member", id: member.id, name: body.name };
    await recordDone(tx, { organizationId: member.organization_id, principal, ...request }, [
      { action: "member.activated", target, changes },
    ]);
  });
}

const linkIsNotGood = () =>
  notFound("This invitation link was used, has expired or was never issued. Ask for a new one.");

function notGood(): never {
  throw linkIsNotGood();
}
