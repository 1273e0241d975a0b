"use client";

import { MessagePage } from "@/components/shell/message-page";
import { Button } from "@/components/ui/button";

export type ErrorMessageProps = { error: Error & { digest?: string }; reset: () => void };

/** A page that failed. The error itself stays in the server's log; the digest finds it there. */
export function ErrorMessage({ error, reset }: ErrorMessageProps) {
  return (
    <MessagePage
      title="This page could not be shown"
      description={
        <>
          The server had a problem, or cannot reach its database. Nothing that you saved before is lost.
          {error.digest ? <span className="mt-2 block font-mono text-xs">Reference: {error.digest}</span> : null}
        </>
      }
    >
      <Button variant="primary" onClick={reset}>
        Try again
      </Button>
    </MessagePage>
  );
}
