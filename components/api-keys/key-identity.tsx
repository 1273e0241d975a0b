"use client";

import { environmentLabel } from "@/components/api-keys/words";
import type { ApiKey } from "@/lib/api-keys/view";

type KeyIdentityProps = { apiKey: ApiKey; regions: readonly { id: string; name: string }[] };

/** What tells a key from others of the same name: its token's preview, environment and region. */
export function KeyIdentity({ apiKey, regions }: KeyIdentityProps) {
  const region = regions.find(({ id }) => id === apiKey.region_id)?.name ?? apiKey.region_id;
  return (
    <span className="wrap-anywhere">
      <span className="font-mono">{apiKey.token_preview}</span> · {environmentLabel(apiKey.environment)} · {region}
    </span>
  );
}
