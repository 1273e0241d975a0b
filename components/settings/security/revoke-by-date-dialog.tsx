"use client";

import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import type { Problem } from "@/components/api-client";
import { toLocal } from "@/components/api-keys/expiry-choice";
import { keysCounted } from "@/components/api-keys/words";
import { problemText } from "@/components/problem-text";
import {
  countByDate,
  momentOf,
  type Outcome,
  type Rule,
  revokeByDate,
  timeZone,
} from "@/components/settings/security/revoke-by-date";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import type { RevokedByDate } from "@/lib/api-keys/revoke-by-date-schema";

type RevokeByDateDialogProps = { onClose: () => void; onDone: (title: string, description?: string) => void };

/** Asks for the moment, says which keys match, and revokes them once that has been typed. */
export function RevokeByDateDialog({ onClose, onDone }: RevokeByDateDialogProps) {
  const [rule, setRule] = useState<Rule>("issued_after");
  const [local, setLocal] = useState(() => toLocal(Math.floor(Date.now() / 1000) - 86_400));
  const [typed, setTyped] = useState("");
  const [revoked, setRevoked] = useState<number | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const running = useRef(false);
  const { found, problem } = useMatching(rule, local);
  const count = found?.matching ?? null;
  const phrase = count === null ? null : `revoke ${keysCounted(count)}`;

  const run = async () => {
    const moment = momentOf(rule, local);
    if (running.current || moment === null) return;
    running.current = true;
    setRevoked(0);
    setOutcome(null);
    const done = await revokeByDate(moment, setRevoked);
    running.current = false;
    setRevoked(null);
    setTyped("");
    setOutcome(done);
    if (done.revoked > 0) onDone(`${keysCounted(done.revoked)} revoked`, done.inForce);
    if (done.problem === null && done.kept.length === 0) onClose();
  };

  if (outcome && outcome.problem === null) return <KeptDialog outcome={outcome} onClose={onClose} />;
  const error = outcome?.problem ?? problem;
  return (
    <AlertDialog
      open
      size="lg"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Revoke keys by date"
      description="Their tokens stop at once and for good. The records stay, under the filter Revoked."
      confirmLabel={count === null ? "Revoke keys" : `Revoke ${keysCounted(count)}`}
      confirmDisabled={!count || typed.trim() !== phrase}
      onConfirm={run}
      pending={revoked !== null}
      error={error === null ? null : problemText(error)}
    >
      <RadioGroup
        label="Which keys"
        options={OPTIONS}
        value={rule}
        onValueChange={setRule}
        disabled={revoked !== null}
      />
      <Field label="Date and time" hint={`In your time zone, ${timeZone()}.`} className="max-w-64">
        <Input
          type="datetime-local"
          value={local}
          disabled={revoked !== null}
          onChange={(event) => setLocal(event.target.value)}
        />
      </Field>
      <p role="status" className="text-sm">
        {revoked === null
          ? countText(momentOf(rule, local) === null, count)
          : `${keysCounted(revoked)} revoked so far…`}
      </p>
      {found && found.matching > 0 && revoked === null ? <MatchingKeys found={found} /> : null}
      {count ? (
        <Field
          label={
            <>
              Type <span className="select-all font-semibold">{phrase}</span> to confirm
            </>
          }
        >
          <Input
            value={typed}
            disabled={revoked !== null}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      ) : null}
    </AlertDialog>
  );
}

const OPTIONS = [
  {
    value: "issued_after",
    label: "Issued since a moment",
    description: "Created, regenerated or imported at that moment or later: after a leak.",
  },
  {
    value: "issued_before",
    label: "Issued before a moment",
    description: "With a token from before that moment: after the restore of an older backup.",
  },
  {
    value: "changed_after",
    label: "Changed since a moment",
    description: "Whatever was changed of them, however old: after someone had access who should not have had it.",
  },
] as const;

function countText(isUnread: boolean, count: number | null): string {
  if (isUnread) return "Give a date and a time.";
  if (count === null) return "Counting the keys…";
  if (count === 0) return "No key matches.";
  return `${keysCounted(count)} ${count === 1 ? "matches" : "match"}, disabled and expired ones included.`;
}

/** Which keys a moment names, asked again a little after it was changed; null until that is known. */
function useMatching(rule: Rule, local: string): { found: RevokedByDate | null; problem: Problem | null } {
  const [known, setKnown] = useState<{ of: string; found: RevokedByDate | null; problem: Problem | null } | null>(null);
  const asked = `${rule} ${local}`;
  useEffect(() => {
    const moment = momentOf(rule, local);
    if (moment === null) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await countByDate(moment, abort.signal);
      if (abort.signal.aborted) return;
      const found = answer.ok ? answer.data : null;
      setKnown({ of: `${rule} ${local}`, found, problem: answer.ok ? null : answer.problem });
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [rule, local]);
  return known?.of === asked ? known : { found: null, problem: null };
}

/** The first of the keys that match, by name. */
function MatchingKeys({ found: { matching, first } }: { found: RevokedByDate }) {
  const more = matching - first.length;
  return (
    <ul aria-label="Keys that match" className="rounded-md border border-border px-3 py-1.5">
      {first.map(({ id, name, token_preview }) => (
        <li key={id} className="flex flex-wrap items-baseline gap-x-3 py-1 text-sm">
          <span className="min-w-0 break-words">{name}</span>
          <span className="font-mono text-text-muted text-xs">{token_preview}</span>
        </li>
      ))}
      {more > 0 ? <li className="py-1 text-sm text-text-muted">and {more.toLocaleString("en")} more</li> : null}
    </ul>
  );
}

/** What was done, and what a rule has kept. */
function KeptDialog({ outcome, onClose }: { outcome: Outcome; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`${keysCounted(outcome.revoked)} revoked, ${keysCounted(outcome.kept.length)} kept`}
        description={outcome.inForce}
      >
        <DialogBody>
          <ul className="flex flex-col gap-3">
            {outcome.kept.map(({ id, detail }) => (
              <li key={id}>
                <Link href={`/api-keys/${id}`} className="break-all font-mono text-sm underline">
                  {id}
                </Link>
                <p className="text-sm text-text-muted">{detail}</p>
              </li>
            ))}
          </ul>
        </DialogBody>
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
