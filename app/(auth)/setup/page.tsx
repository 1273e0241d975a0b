import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { LinkUsed } from "@/components/auth/link-used";
import { SetupForm } from "@/components/auth/setup-form";
import { setupTokenIsGood } from "@/lib/organizations/setup";

export const metadata: Metadata = { title: "Set up" };

const TITLE = "Set up Latchkey";

export default async function SetupPage({ searchParams }: PageProps<"/setup">) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <AuthCard
        title={TITLE}
        description="A new instance is set up with the one-time link that is printed in the server's log. Open that link."
      />
    );
  }
  if (!(await setupTokenIsGood(token))) {
    return (
      <AuthCard title={TITLE}>
        <LinkUsed what="set-up" />
      </AuthCard>
    );
  }
  return (
    <AuthCard title={TITLE} description="Create your organization and become its owner. This link works once.">
      <SetupForm token={token} />
    </AuthCard>
  );
}
