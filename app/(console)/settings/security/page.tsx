import type { Metadata } from "next";
import { requireMember } from "@/app/session";
import { NoPasswordCard } from "@/components/settings/security/no-password-card";
import { PasswordCard } from "@/components/settings/security/password-card";
import { RevokeByDateCard } from "@/components/settings/security/revoke-by-date-card";
import { SessionsCard } from "@/components/settings/security/sessions-card";
import { SignInPolicyCard } from "@/components/settings/security/sign-in-policy-card";
import { SigningKeysCard } from "@/components/settings/security/signing-keys-card";
import { SettingsHeader } from "@/components/settings/settings-header";
import { mayAccess } from "@/lib/auth/roles";
import { listSigningKeys } from "@/lib/organizations/operations";
import { toSigningKeys } from "@/lib/organizations/view";
import { hasPassword } from "@/lib/sessions/operations/change-password";
import { listSessions } from "@/lib/sessions/operations/sessions";

export const metadata: Metadata = { title: "Security" };

export default async function SecurityPage() {
  const context = await requireMember("/settings/security");
  const { email, role, bootstrapped } = context.principal;
  const seesSigningKeys = mayAccess(context.principal, listSigningKeys.access);
  const [sessions, ownPassword, signingKeys] = await Promise.all([
    listSessions(context, {}),
    hasPassword(context, {}),
    seesSigningKeys ? listSigningKeys(context, {}) : null,
  ]);
  return (
    <>
      <SettingsHeader title="Security" description="Your own sign-in, and the key that protects every token." />
      <div className="flex max-w-3xl flex-col gap-6">
        <SessionsCard sessions={sessions.data} total={sessions.total} />
        {ownPassword ? <PasswordCard email={email} /> : <NoPasswordCard />}
        <SigningKeysCard signingKeys={signingKeys && toSigningKeys(signingKeys)} role={role} />
        {bootstrapped ? <RevokeByDateCard role={role} /> : null}
        <SignInPolicyCard />
      </div>
    </>
  );
}
