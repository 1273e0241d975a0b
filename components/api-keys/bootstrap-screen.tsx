"use client";

import { KeyRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { callApi } from "@/components/api-client";
import { useAttempt } from "@/components/api-keys/attempt";
import { problemText } from "@/components/problem-text";
import { PageHeader } from "@/components/shell/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** The API Keys page of an organization that has no signing key yet: what is missing, and who can do something about it. */
export function BootstrapScreen({ isOwner }: { isOwner: boolean }) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [refreshing, startTransition] = useTransition();
  const attempt = useAttempt();

  const setUp = async () => {
    setProblem(null);
    setSending(true);
    const answer = await attempt(() => callApi("POST", "/v4/account/bootstrap"));
    setSending(false);
    if (answer?.ok) startTransition(() => router.refresh());
    else if (answer) setProblem(problemText(answer.problem));
  };

  return (
    <>
      <PageHeader title="API Keys" />
      {problem === null ? null : (
        <Alert tone="danger" announce title="API keys were not set up" className="mb-4">
          {problem}
        </Alert>
      )}
      <EmptyState
        icon={<KeyRound />}
        title="API keys are not set up yet"
        description={
          <>
            <p>
              What is missing is your organization's signing key. Of every token only a digest made with it is kept, so
              that nobody who reads or writes the database can make or confirm a token. It is generated here and stored
              encrypted, once.
            </p>
            {isOwner ? null : <p className="mt-2">Only an owner can set this up. Ask an owner of your organization.</p>}
          </>
        }
        actions={
          isOwner ? (
            <Button variant="primary" loading={sending || refreshing} onClick={setUp}>
              Set up API keys
            </Button>
          ) : null
        }
      />
    </>
  );
}
