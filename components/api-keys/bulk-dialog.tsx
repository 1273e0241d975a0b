"use client";

import { useState } from "react";
import { callApi } from "@/components/api-client";
import { useAttempt } from "@/components/api-keys/attempt";
import { BulkResults } from "@/components/api-keys/bulk-results";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { KeyIdentity } from "@/components/api-keys/key-identity";
import { isInUse } from "@/components/api-keys/last-use";
import { type RegionVerdict, useRegionVerdicts } from "@/components/api-keys/regions-left";
import { keysCounted, usedLatelyText } from "@/components/api-keys/words";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { CheckboxField } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api-keys/view";

export type BulkAction = "disable" | "reactivate" | "revoke";
export type BulkResult = { id: string; ok: boolean; code: string | null; detail: string | null };

type BulkDialogProps = {
  action: BulkAction;
  keys: readonly ApiKey[];
  regions: KeyFormOptions["regions"];
  /** Unix seconds of the list's reading. */
  now: number;
  onClose: () => void;
  /** Something was changed; the dialog stays to show what. */
  onChanged: () => void;
};

/**
 * Asks, does it to every key on its own, and shows what became of each. What a region would refuse is not begun: of two
 * keys one would be gone for good. Revoking keys that are in use asks for their number to be typed.
 */
export function BulkDialog({ action, keys, regions, now, onClose, onChanged }: BulkDialogProps) {
  const [done, setDone] = useState<{ results: BulkResult[]; inForce: string | undefined } | null>(null);
  const [accepted, setAccepted] = useState(false);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = useAttempt();
  const isEnding = action !== "reactivate";
  const verdicts = useRegionVerdicts(isEnding ? keys : NO_KEYS, regions, now);
  const refused = verdicts?.filter(({ outcome }) => outcome === "refused") ?? [];
  const warned = verdicts?.filter(({ outcome }) => outcome !== "refused") ?? [];
  const inUse = isEnding ? keys.filter((key) => isInUse(key, now)).length : 0;
  const mustType = action === "revoke" && inUse > 0;
  const mustAccept = warned.length > 0 || (inUse > 0 && !mustType);
  const isConfirmed = (!mustAccept || accepted) && (!mustType || typed.trim() === String(keys.length));

  const run = async () => {
    setError(null);
    setPending(true);
    const body = { action, ids: keys.map(({ id }) => id) };
    const answer = await attempt(() => callApi<{ results: BulkResult[] }>("POST", "/v4/account/api-keys/bulk", body));
    setPending(false);
    if (answer?.ok) {
      setDone({ results: answer.data.results, inForce: inForceText(answer.headers) });
      onChanged();
    } else if (answer) setError(problemText(answer.problem));
  };

  if (done) return <BulkResults action={action} keys={keys} {...done} onClose={onClose} />;
  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${TITLES[action]} ${keysCounted(keys.length)}?`}
      description={<p>{EFFECTS[action]}</p>}
      tone={isEnding ? "danger" : "primary"}
      confirmLabel={`${TITLES[action]} ${keysCounted(keys.length)}`}
      confirmDisabled={verdicts === null || refused.length > 0 || !isConfirmed}
      onConfirm={run}
      pending={pending}
      error={error}
    >
      <ul className="max-h-48 divide-y divide-border overflow-y-auto rounded-md border border-border px-3 text-sm">
        {keys.map((key) => (
          <li key={key.id} className="py-1.5">
            <p className="wrap-anywhere">{key.name}</p>
            <p className="text-text-muted text-xs">
              <KeyIdentity apiKey={key} regions={regions} /> ·{" "}
              <span className={isEnding && isInUse(key, now) ? "font-medium text-warning-text" : undefined}>
                {key.last_used_at === null ? (
                  "never used"
                ) : (
                  <>
                    last used <Time value={key.last_used_at} />
                  </>
                )}
              </span>
            </p>
          </li>
        ))}
      </ul>
      {refused.length > 0 ? (
        <Alert tone="danger" announce>
          {refused.map(({ region }) => (
            <p key={region.id}>{refusalText(region, keys)}</p>
          ))}
        </Alert>
      ) : null}
      {refused.length === 0 && (inUse > 0 || warned.length > 0) ? (
        <Alert tone="warning">
          {inUse > 0 ? <p>{usedLatelyText(inUse, keys.length)}</p> : null}
          {warned.map((verdict) => (
            <p key={verdict.region.id}>{warningText(verdict)}</p>
          ))}
          {mustAccept ? (
            <CheckboxField
              checked={accepted}
              onChange={(event) => setAccepted(event.target.checked)}
              label="I understand that calls made with these keys fail at once"
              className="mt-1.5"
            />
          ) : null}
        </Alert>
      ) : null}
      {refused.length === 0 && mustType ? (
        <Field
          label={
            <>
              Type <span className="select-all font-semibold">{keys.length}</span> to revoke {keysCounted(keys.length)}
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            inputMode="numeric"
            autoComplete="off"
            className="max-w-32"
          />
        </Field>
      ) : null}
    </AlertDialog>
  );
}

/** What to do instead, as far as the selection lets one do it. */
function refusalText({ id, name }: RegionVerdict["region"], keys: readonly ApiKey[]): string {
  const ofRegion = keys.filter(({ region_id, status }) => region_id === id && status === "active").length;
  const wayOut = ofRegion > 1 ? "leave one of them out" : "leave its key out";
  return `${name} always keeps one active key: ${wayOut}, or create another one first.`;
}

function warningText({ region, outcome }: RegionVerdict): string {
  return outcome === "left"
    ? `No active key will be left in ${region.name}.`
    : `Whether an active key will be left in ${region.name} could not be checked.`;
}

const NO_KEYS: readonly ApiKey[] = [];
const TITLES: Record<BulkAction, string> = { disable: "Disable", reactivate: "Reactivate", revoke: "Revoke" };
const EFFECTS: Record<BulkAction, string> = {
  disable: "Calls made with them fail from now on, until they are reactivated.",
  reactivate: "Calls made with them work again, except for expired ones.",
  revoke: "Calls made with them fail from now on. This cannot be undone.",
};
