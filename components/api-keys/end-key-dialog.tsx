"use client";

import { type ReactNode, useState } from "react";
import { callApi } from "@/components/api-client";
import { useAttempt } from "@/components/api-keys/attempt";
import { KeyIdentity } from "@/components/api-keys/key-identity";
import { isInUse, LastUse } from "@/components/api-keys/last-use";
import { type KnownRegion, useRegionVerdicts } from "@/components/api-keys/regions-left";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { CheckboxField } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ApiKey } from "@/lib/api-keys/view";

/** The three ways to stop a key, from the mildest on. */
export type Ending = "disable" | "revoke" | "delete";

type EndKeyDialogProps = {
  ending: Ending;
  apiKey: ApiKey;
  /** Unix seconds of the list's reading. */
  now: number;
  lastUsedFrom: string | undefined;
  regions: readonly KnownRegion[];
  /** Whether it is the only active key of its region. */
  isLastActive: boolean;
  onClose: () => void;
  /** What was done, and where it is in force. */
  onDone: (message: string, inForce?: string) => void;
};

/**
 * Asks before a key is stopped. The more would break, the more it asks: the key's name, and a tick for the last one of a
 * region. What the region would refuse is said before it is tried.
 */
export function EndKeyDialog({
  ending,
  apiKey,
  now,
  lastUsedFrom,
  regions,
  onClose,
  onDone,
  ...props
}: EndKeyDialogProps) {
  const [typed, setTyped] = useState("");
  const [accepted, setAccepted] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = useAttempt();
  const words = WORDS[ending];
  const mustType = ending === "revoke" && isInUse(apiKey, now);
  const region = regions.find(({ id }) => id === apiKey.region_id);
  const mustAsk = ending !== "delete" && region?.always_keep_one_active_key === true;
  const [judged] = useState(() => (mustAsk ? [apiKey] : []));
  const verdicts = useRegionVerdicts(judged, regions, now);
  const isRefused = verdicts?.some(({ outcome }) => outcome === "refused") ?? false;
  const mustAccept = ending !== "delete" && props.isLastActive && !isRefused;

  const end = async () => {
    setError(null);
    setPending(true);
    const answer = await attempt(() => send(ending, apiKey));
    if (answer?.ok) return onDone(`${apiKey.name} ${words.done}`, inForceText(answer.headers));
    setPending(false);
    if (answer) setError(problemText(answer.problem));
  };

  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${words.title} ${apiKey.name}?`}
      description={
        <>
          <p>
            <KeyIdentity apiKey={apiKey} regions={regions} />
          </p>
          {words.effect}
          <LastUse apiKey={apiKey} from={lastUsedFrom} />
        </>
      }
      confirmLabel={words.confirm}
      confirmDisabled={
        verdicts === null || isRefused || (mustType && typed.trim() !== apiKey.name) || (mustAccept && !accepted)
      }
      onConfirm={end}
      pending={pending}
      error={error}
    >
      {isRefused ? (
        <Alert tone="danger" announce title={`${region?.name} always keeps one active key`}>
          No other one lasts. Create another key there first.
        </Alert>
      ) : null}
      {mustAccept ? (
        <Alert tone="warning" title={`This is the last active key of ${region?.name ?? "its region"}`}>
          <CheckboxField
            checked={accepted}
            onChange={(event) => setAccepted(event.target.checked)}
            label="I understand that nothing can authenticate there afterwards"
            className="mt-1.5"
          />
        </Alert>
      ) : null}
      {mustType && !isRefused ? (
        <Field
          label={
            <>
              Used in the last 24 hours. Type <span className="select-all font-semibold">{apiKey.name}</span> to confirm
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      ) : null}
    </AlertDialog>
  );
}

function send(ending: Ending, { id }: ApiKey) {
  const path = `/v4/account/api-keys/${id}`;
  if (ending === "disable") return callApi<unknown>("PUT", path, { is_active: false });
  return callApi<unknown>("DELETE", ending === "delete" ? `${path}?purge=true` : path);
}

const WORDS: Record<Ending, { title: string; effect: ReactNode; confirm: string; done: string }> = {
  disable: {
    title: "Disable",
    effect: <p>Calls made with it fail from now on, until it is reactivated.</p>,
    confirm: "Disable key",
    done: "is disabled",
  },
  revoke: {
    title: "Revoke",
    effect: (
      <p>Calls made with it fail from now on. This cannot be undone; the record stays under the Revoked filter.</p>
    ),
    confirm: "Revoke key",
    done: "is revoked",
  },
  delete: {
    title: "Delete permanently:",
    effect: <p>The record of this revoked key is removed too. The audit log keeps its history.</p>,
    confirm: "Delete permanently",
    done: "is deleted",
  },
};
