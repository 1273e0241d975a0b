"use client";

import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

type ErrorProps = { error: Error & { digest?: string }; reset: () => void };

export default function ApiKeysError({ error, reset }: ErrorProps) {
  const router = useRouter();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <>
      <PageHeader title="API Keys" />
      <div role="alert">
        <EmptyState
          icon={<CloudOff />}
          title="The API keys could not be read"
          description={
            <>
              <p>Nothing was changed, and keys go on working. Try again in a moment.</p>
              {error.digest ? <p className="mt-1 font-mono text-xs">Reference {error.digest}</p> : null}
            </>
          }
          actions={<Button onClick={retry}>Try again</Button>}
        />
      </div>
    </>
  );
}
