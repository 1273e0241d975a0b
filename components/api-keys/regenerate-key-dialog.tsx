"use client";

import { useState } from "react";
import { callApi } from "@/components/api-client";
import { useAttempt } from "@/components/api-keys/attempt";
import { shownNames } from "@/components/api-keys/form-problem";
import type { IssuedKey } from "@/components/api-keys/issued-key";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { LastUse } from "@/components/api-keys/last-use";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Fieldset } from "@/components/ui/fieldset";
import { RadioGroup } from "@/components/ui/radio-group";
import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api-keys/view";

type RegenerateKeyDialogProps = {
  apiKey: ApiKey;
  lastUsedFrom: string | undefined;
  options: KeyFormOptions;
  onClose: () => void;
  onIssued: (issued: IssuedKey, inForce?: string) => void;
};

/**
 * A new token for the same key: says what becomes of the old one, and lets both work for a while. Where no token works,
 * there is nothing to let work.
 */
export function RegenerateKeyDialog({ apiKey, lastUsedFrom, options, onClose, onIssued }: RegenerateKeyDialogProps) {
  const [overlap, setOverlap] = useState<Overlap>("0");
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = useAttempt();
  const isActive = apiKey.status === "active";
  const stopsNow = isActive && overlap === "0";

  const regenerate = async () => {
    setError(null);
    setPending(true);
    const path = `/v4/account/api-keys/${apiKey.id}/regenerate`;
    const body = { grace_period_seconds: Number(overlap) };
    const answer = await attempt((headers) => callApi<IssuedKey>("POST", path, body, { headers }));
    if (answer?.ok) return onIssued(answer.data, inForceText(answer.headers));
    setPending(false);
    if (answer) setError(problemText(answer.problem, shownNames(options)));
  };

  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Regenerate the token of ${apiKey.name}?`}
      description={
        <>
          <p>The key keeps its id and settings and gets a new token, shown once.</p>
          <LastUse apiKey={apiKey} from={lastUsedFrom} />
          {isActive ? null : (
            <p>
              The key is {apiKey.status} and stays so: neither token works until it is{" "}
              {apiKey.status === "expired" ? "given a later expiration" : "reactivated"}. The old token ends for good.
            </p>
          )}
        </>
      }
      tone={stopsNow ? "danger" : "primary"}
      confirmLabel="Regenerate"
      onConfirm={regenerate}
      pending={pending}
      error={error}
    >
      {isActive ? (
        <Fieldset legend={<>The old token, {apiKey.token_preview}, stops working</>}>
          <RadioGroup label="When the old token stops" options={OVERLAPS} value={overlap} onValueChange={setOverlap} />
        </Fieldset>
      ) : null}
      {!isActive || apiKey.grace_period_ends_at === null ? null : (
        <p className="text-sm text-warning-text">
          An overlap is still running (until <Time value={apiKey.grace_period_ends_at} format="minute" />
          ). The token before the old one stops at once in any case.
        </p>
      )}
    </AlertDialog>
  );
}

const OVERLAPS = [
  { value: "0", label: "Immediately", description: "Right for a token that leaked: calls with it fail from now on." },
  { value: "3600", label: "After 1 hour", description: "Until then both tokens work." },
  { value: "86400", label: "After 24 hours", description: "Until then both tokens work." },
  {
    value: "604800",
    label: "After 7 days",
    description: "Until then both tokens work, but never past the key's own expiry.",
  },
] as const;

type Overlap = (typeof OVERLAPS)[number]["value"];
