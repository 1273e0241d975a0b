import { Time } from "@/components/ui/time";
import { KeyLink } from "@/components/usage/top-keys";

type UnusedKey = { id: string; name: string; created_at: number; last_used_at: number | null };

type UnusedKeysProps = {
  keys: readonly UnusedKey[];
  total: number;
  /** How old the oldest active key is: none of keys that are new says nothing. */
  oldest: "none" | "younger" | "older";
  since: string;
};

/** Active keys that nobody used for as long as the range: what nobody needs is best revoked. */
export function UnusedKeys({ keys, total, oldest, since }: UnusedKeysProps) {
  if (total === 0) return <p className="text-text-muted">{noneUnused(oldest, since)}</p>;
  return (
    <>
      <ul className="divide-y divide-border">
        {keys.map((key) => (
          <li key={key.id} className="flex flex-wrap items-baseline gap-x-4 py-2 first:pt-0">
            <span className="min-w-0 flex-[1_1_8rem] truncate">
              <KeyLink id={key.id} name={key.name} />
            </span>
            <span className="text-sm text-text-muted">
              {key.last_used_at === null ? (
                <>
                  Never used, created <Time value={key.created_at} />
                </>
              ) : (
                <>
                  Last used <Time value={key.last_used_at} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {total > keys.length ? (
        <p className="mt-2 text-sm text-text-muted">and {(total - keys.length).toLocaleString("en")} more</p>
      ) : null}
    </>
  );
}

/** Why no key is listed. */
export function noneUnused(oldest: UnusedKeysProps["oldest"], since: string): string {
  if (oldest === "none") return "There is no active key yet.";
  if (oldest === "younger") return `No active key is older than ${since} yet.`;
  return `Every active key that is older than ${since} was used.`;
}
