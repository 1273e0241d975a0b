import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { currentMember } from "@/app/session";
import { AuthCard } from "@/components/auth/auth-card";
import { safeNextPath } from "@/components/auth/next-path";
import { ProviderButtons } from "@/components/auth/provider-buttons";
import { SignInForm } from "@/components/auth/sign-in-form";
import { Alert } from "@/components/ui/alert";
import { authOptions } from "@/lib/auth/next-auth";
import { isNewInstance } from "@/lib/organizations/setup";
import { readForPage } from "@/lib/server/page-request";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const query = await searchParams;
  const next = safeNextPath(query.next);
  if (await currentMember()) redirect(next as Route);

  const isNew = await readForPage(isNewInstance);
  const providers = authOptions()
    .providers.filter((provider) => provider.type === "oauth")
    .map(({ id, name }) => ({ id, name }));

  return (
    <AuthCard title="Sign in" description="Manage the API keys of your organization.">
      {isNew ? (
        <Alert title="This instance is new">
          Nobody can sign in yet. Set it up with the one-time link that is printed in the server's log: it makes the
          organization and its owner. Restarting the server prints a new one.
        </Alert>
      ) : null}
      {query.invitation === "accepted" ? (
        <Alert tone="success">Your account is ready. Sign in with the e-mail that was invited.</Alert>
      ) : null}
      {/* next-auth comes back here with a reason when a provider refused. */}
      {query.error === undefined ? null : (
        <Alert tone="danger" announce title="Signing in did not work">
          The provider did not confirm who you are, or your e-mail belongs to no active member.
        </Alert>
      )}
      <ProviderButtons providers={providers} next={next} />
      <SignInForm next={next} />
    </AuthCard>
  );
}
