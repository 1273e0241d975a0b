"use client";

import type { ReactNode } from "react";
import { ExpiryText } from "@/components/api-keys/key-cells";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { environmentLabel } from "@/components/api-keys/words";
import { CopyButton } from "@/components/ui/copy-button";
import { Time } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api-keys/view";

type KeyFactsProps = { apiKey: ApiKey; lastUsedFrom: string | undefined };

/** The key's record, but for its access. */
export function KeyFacts({ apiKey, lastUsedFrom }: KeyFactsProps) {
  const { regionNames } = useKeyRow();
  const isExpired = apiKey.status === "expired";
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
      <Fact name="ID">
        <span className="flex items-center gap-1">
          <code className="min-w-0 break-all text-xs">{apiKey.id}</code>
          <CopyButton value={apiKey.id} label="Copy ID" iconOnly variant="ghost" size="sm" />
        </span>
      </Fact>
      <Fact name="Token">
        <code className="text-xs">{apiKey.token_preview}</code>
      </Fact>
      <Fact name="Environment">{environmentLabel(apiKey.environment)}</Fact>
      <Fact name="Region">{regionNames.get(apiKey.region_id) ?? apiKey.region_id}</Fact>
      <Fact name="Created">
        <Moment at={apiKey.created_at} /> by {apiKey.created_by.name}
      </Fact>
      <Fact name="Expiration">
        {apiKey.expires_at !== null && isExpired ? (
          <span className="text-danger-text">
            Expired <Time value={apiKey.expires_at} />
          </span>
        ) : (
          <ExpiryText expiresAt={apiKey.expires_at} />
        )}
        {apiKey.expires_at === null ? null : (
          <Time value={apiKey.expires_at} format="minute" className="block text-sm text-text-muted" />
        )}
      </Fact>
      <Fact name="Last used">
        {apiKey.last_used_at === null ? "Never" : <Moment at={apiKey.last_used_at} />}
        {lastUsedFrom ? (
          <>
            {" "}
            from <span className="font-mono text-xs">{lastUsedFrom}</span>
          </>
        ) : null}
      </Fact>
      <Fact name="Token made">
        <Moment at={apiKey.regenerated_at ?? apiKey.created_at} />
      </Fact>
      {apiKey.revoked_at === null ? null : (
        <Fact name="Revoked">
          <Moment at={apiKey.revoked_at} />
        </Fact>
      )}
    </dl>
  );
}

const Moment = ({ at }: { at: number }) => <Time value={at} />;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}
