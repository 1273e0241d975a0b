import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { InvitationForm } from "@/components/auth/invitation-form";

export const metadata: Metadata = { title: "Invitation" };

export default async function InvitationPage({ params }: PageProps<"/invite/[token]">) {
  const { token } = await params;
  return (
    <AuthCard title="Join your organization" description="Choose how others see you, and a password.">
      <InvitationForm token={token} />
    </AuthCard>
  );
}
