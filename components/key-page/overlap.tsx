"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { callApi } from "@/components/api-client";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { refusalOf } from "@/components/api-keys/rights";
import { ExtendOverlapDialog } from "@/components/key-page/extend-overlap-dialog";
import { overlapExtensions } from "@/components/key-page/overlap-extensions";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { GuardedButton } from "@/components/ui/guarded-button";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { requests } from "@/components/usage/usage-words";
import type { ApiKey } from "@/lib/api-keys/view";

type OverlapProps = {
  apiKey: ApiKey;
  endsAt: number;
  use: { previous: number; current: number; previous_at: number | null };
};

/** An overlap in progress: how much still comes in with the old token, and the buttons that end and extend it. */
export function Overlap({ apiKey, endsAt, use }: OverlapProps) {
  const [asking, setAsking] = useState<"end" | "extend" | null>(null);
  const { viewer } = useKeyRow();
  const extensions = overlapExtensions(apiKey);
  const refusal = refusalOf("regenerate", apiKey, viewer);
  const close = () => setAsking(null);
  return (
    <Alert
      tone={use.previous > 0 ? "warning" : "info"}
      title="Two tokens work at the moment"
      actions={
        <>
          <GuardedButton refusal={refusal} onClick={() => setAsking("end")}>
            End now
          </GuardedButton>
          <GuardedButton
            refusal={refusal ?? (extensions.length > 0 ? null : "The overlap lasts as long as it may already.")}
            onClick={() => setAsking("extend")}
          >
            Extend
          </GuardedButton>
        </>
      }
    >
      <p>
        The token from before the regeneration goes on working until <Time value={endsAt} format="minute" /> (
        <Time value={endsAt} />
        ).
      </p>
      <dl className="mt-2 grid max-w-md grid-cols-[auto_1fr] gap-x-4">
        <dt className="text-text-muted">With the new token</dt>
        <dd>{requests(use.current)}</dd>
        <dt className="text-text-muted">With the old token</dt>
        <dd>
          {requests(use.previous)}
          {use.previous_at === null ? null : (
            <>
              , the latest <Time value={use.previous_at} />
            </>
          )}
        </dd>
      </dl>
      {asking === "end" ? <EndDialog apiKey={apiKey} use={use} onClose={close} /> : null}
      {asking === "extend" && extensions.length > 0 ? (
        <ExtendOverlapDialog apiKey={apiKey} extensions={extensions} onClose={close} />
      ) : null}
    </Alert>
  );
}

function EndDialog({ apiKey, use, onClose }: Pick<OverlapProps, "apiKey" | "use"> & { onClose: () => void }) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [error, setError] = useState<string | null>(null);
  const end = () =>
    startTransition(async () => {
      setError(null);
      const answer = await callApi<ApiKey>("DELETE", `/v4/account/api-keys/${apiKey.id}/grace-period`);
      if (!answer.ok) return setError(problemText(answer.problem));
      onClose();
      const inForce = inForceText(answer.headers);
      toast({ title: `The old token of ${apiKey.name} is off`, ...(inForce ? { description: inForce } : {}) });
      router.refresh();
    });
  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`End the overlap of ${apiKey.name}?`}
      description={
        <p>
          Calls with the old token fail from now on.{" "}
          {use.previous > 0 ? `${requests(use.previous)} came in with it.` : ""}
        </p>
      }
      confirmLabel="End overlap"
      onConfirm={end}
      pending={pending}
      error={error}
    />
  );
}
