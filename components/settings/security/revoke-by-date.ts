import { callApi, type Problem } from "@/components/api-client";
import { expiryOf } from "@/components/api-keys/expiry-choice";
import { inForceText } from "@/components/propagation";
import type { RevokedByDate } from "@/lib/api-keys/revoke-by-date-schema";

export const RULES = ["issued_after", "issued_before", "changed_after"] as const;
export type Rule = (typeof RULES)[number];
export type Moment = Partial<Record<Rule, number>>;

/** What the API is asked; null while no readable date and time is given. `local` is what its control holds. */
export function momentOf(rule: Rule, local: string): Moment | null {
  const seconds = expiryOf({ choice: "custom", local }, 0);
  return typeof seconds === "number" && seconds > 0 ? { [rule]: seconds } : null;
}

/** The zone that a date and time without one is read in. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const PATH = "/v4/account/api-keys/revoke-by-date";

/** Which keys it would be. */
export const countByDate = (moment: Moment, signal: AbortSignal) =>
  callApi<RevokedByDate>("POST", PATH, { ...moment, dry_run: true }, { signal });

export type Outcome = {
  revoked: number;
  kept: RevokedByDate["kept"];
  /** Where the last of it is in force. */
  inForce: string | undefined;
  /** Why it ended before all was done. */
  problem: Problem | null;
};

/** Revokes them all, as many requests as that takes; `onProgress` is told how many are revoked so far. */
export async function revokeByDate(moment: Moment, onProgress: (revoked: number) => void): Promise<Outcome> {
  const outcome: Outcome = { revoked: 0, kept: [], inForce: undefined, problem: null };
  for (;;) {
    const answer = await callApi<RevokedByDate>("POST", PATH, moment);
    if (!answer.ok) return { ...outcome, problem: answer.problem };
    const { ids, kept, remaining } = answer.data;
    outcome.revoked += ids.length;
    outcome.kept = kept;
    outcome.inForce = inForceText(answer.headers) ?? outcome.inForce;
    onProgress(outcome.revoked);
    if (remaining === 0 || ids.length === 0) return outcome;
  }
}
