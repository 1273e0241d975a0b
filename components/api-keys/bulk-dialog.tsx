"use client";

import { useEffect, useState } from "react";
import { callApi } from "@/components/api-client";
import { useAttempt } from "@/components/api-keys/attempt";
import { BulkResults } from "@/components/api-keys/bulk-results";
import { isInUse } from "@/components/api-keys/last-use";
import { keysCounted } from "@/components/api-keys/words";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { CheckboxField } from "@/components/ui/checkbox";
import type { ApiKey } from "@/lib/api-keys/view";

export type BulkAction = "disable" | "reactivate" | "revoke";
export type BulkResult = { id: string; ok: boolean; code: string | null; detail: string | null };

type BulkDialogProps = {
  action: BulkAction;
  keys: readonly ApiKey[];
  regionNames: ReadonlyMap<string, string>;
  /** Unix seconds of the list's reading. */
  now: number;
  onClose: () => void;
  /** Something was changed; the dialog stays to show what. */
  onChanged: () => void;
};

/** Asks, does it to every key on its own, and shows what became of each. */
export function BulkDialog({ action, keys, regionNames, now, onClose, onChanged }: BulkDialogProps) {
  const [done, setDone] = useState<{ results: BulkResult[]; inForce: string | undefined } | null>(null);
  const [accepted, setAccepted] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = useAttempt();
  const isEnding = action !== "reactivate";
  const left = useRegionsLeft(isEnding ? keys : NO_KEYS);
  const inUse = isEnding ? keys.filter((key) => isInUse(key, now)).length : 0;
  const mustAccept = inUse > 0 || (left?.length ?? 0) > 0;

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
      confirmDisabled={left === null || (mustAccept && !accepted)}
      onConfirm={run}
      pending={pending}
      error={error}
    >
      <ul className="max-h-40 overflow-y-auto rounded-md border border-border px-3 py-2 text-sm">
        {keys.map((key) => (
          <li key={key.id} className="flex justify-between gap-3 py-0.5">
            <span className="min-w-0 break-words">{key.name}</span>
            <span className="shrink-0 font-mono text-text-muted text-xs">{key.token_preview}</span>
          </li>
        ))}
      </ul>
      {mustAccept ? (
        <Alert tone="warning">
          {inUse > 0 ? (
            <p>{inUse === 1 ? "One of them was" : `${inUse} of them were`} used in the last 24 hours.</p>
          ) : null}
          {left?.map(({ id, isKnown }) => (
            <p key={id}>
              {isKnown
                ? `No active key will be left in ${regionNames.get(id) ?? id}.`
                : `Whether an active key will be left in ${regionNames.get(id) ?? id} could not be checked.`}
            </p>
          ))}
          <CheckboxField
            checked={accepted}
            onChange={(event) => setAccepted(event.target.checked)}
            label="I understand that calls made with these keys fail at once"
            className="mt-1.5"
          />
        </Alert>
      ) : null}
    </AlertDialog>
  );
}

/** A region that would be left without an active key; one whose keys could not be counted may be. */
type LeftRegion = { id: string; isKnown: boolean };

/** Counts, when the dialog opens, which regions would be left without an active key; null until then. */
function useRegionsLeft(keys: readonly ApiKey[]): LeftRegion[] | null {
  const [left, setLeft] = useState<LeftRegion[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const active = keys.filter(({ status }) => status === "active");
    const judge = async (id: string): Promise<LeftRegion[]> => {
      const path = `/v4/account/api-keys?status=active&limit=1&include_total=true&region_id=${id}`;
      const answer = await callApi<{ total: number | null }>("GET", path, undefined, { signal: abort.signal });
      if (!answer.ok || answer.data.total === null) return [{ id, isKnown: false }];
      const ending = active.filter(({ region_id }) => region_id === id).length;
      return answer.data.total <= ending ? [{ id, isKnown: true }] : [];
    };
    const regions = [...new Set(active.map(({ region_id }) => region_id))];
    Promise.all(regions.map(judge)).then((found) => (abort.signal.aborted ? undefined : setLeft(found.flat())));
    return () => abort.abort();
  }, [keys]);
  return left;
}

const NO_KEYS: readonly ApiKey[] = [];
const TITLES: Record<BulkAction, string> = { disable: "Disable", reactivate: "Reactivate", revoke: "Revoke" };
const EFFECTS: Record<BulkAction, string> = {
  disable: "Calls made with them fail from now on, until they are reactivated.",
  reactivate: "Calls made with them work again, except for expired ones.",
  revoke: "Calls made with them fail from now on. This cannot be undone.",
};
