"use client";

import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api-keys/view";

/** When the key was last used, and from where if that is known. */
export function LastUse({ apiKey, from }: { apiKey: ApiKey; from: string | undefined }) {
  if (apiKey.last_used_at === null) return <p>It was never used.</p>;
  return (
    <p>
      It was last used <Time value={apiKey.last_used_at} />
      {from ? (
        <>
          {" "}
          from <span className="font-mono">{from}</span>
        </>
      ) : null}
      .
    </p>
  );
}

/** True if the key was used in the last 24 hours: ending it needs a second thought. `now` in Unix seconds. */
export function isInUse(apiKey: ApiKey, now: number): boolean {
  return apiKey.last_used_at !== null && now - apiKey.last_used_at < 86_400;
}
