import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { InvitationForm } from "@/components/auth/invitation-form";
import { LinkUsed } from "@/components/auth/link-used";
import { findInvitation } from "@/lib/members/invitations";

export const metadata: Metadata = { title: "Invitation" };

export default async function InvitationPage({ params }: PageProps<"/invite/[token]">) {
  const { token } = await params;
  const invitation = await findInvitation(token);
  if (!invitation) {
    return (
      <AuthCard title="Invitation">
        <LinkUsed what="invitation" />
      </AuthCard>
    );
  }
  const { organization_name, email } = invitation;
  return (
    <AuthCard
      title={`Join ${organization_name}`}
      description={`You were invited as ${email}. Choose how others see you, and a password.`}
    >
      <InvitationForm token={token} />
    </AuthCard>
  );
}
