import type { ApiKey } from "@/lib/api-keys/view";

const HOUR = 3600;
/** Up to the most that the API accepts; its schema itself would be a heavy import for the key's page. */
const LENGTHS = [
  { seconds: 6 * HOUR, label: "6 hours" },
  { seconds: 24 * HOUR, label: "24 hours" },
  { seconds: 72 * HOUR, label: "3 days" },
  { seconds: 168 * HOUR, label: "7 days" },
] as const;

export type OverlapExtension = {
  /** How long the overlap lasts in all, counted from the regeneration. */
  seconds: number;
  label: string;
  /** Unix seconds. */
  ends_at: number;
  /** The key expires before so much time has passed, and the overlap with it. */
  endsWithKey: boolean;
};

/** The later ends that an overlap can be given, nearest first; none when it lasts as long as it may already. */
export function overlapExtensions(
  key: Pick<ApiKey, "regenerated_at" | "grace_period_ends_at" | "expires_at">,
): OverlapExtension[] {
  const { regenerated_at: start, grace_period_ends_at: end, expires_at } = key;
  if (start === null || end === null) return [];
  const offers = LENGTHS.map(({ seconds, label }) => {
    const ends_at = Math.min(start + seconds, expires_at ?? Number.POSITIVE_INFINITY);
    return { seconds, label, ends_at, endsWithKey: ends_at < start + seconds };
  });
  const later = offers.filter(({ ends_at }) => ends_at > end);
  return later.filter((offer, index) => later[index - 1]?.ends_at !== offer.ends_at);
}
