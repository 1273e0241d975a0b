"use client";

import { Clock } from "lucide-react";
import Link from "next/link";
import { useHiddenColumns } from "@/components/api-keys/hidden-columns";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { addressSummary, shortSummary } from "@/components/api-keys/summary";
import { environmentLabel, statusLabel } from "@/components/api-keys/words";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { classNames } from "@/components/ui/class-names";
import { Time } from "@/components/ui/time";
import { Tooltip } from "@/components/ui/tooltip";
import type { KeyStatus } from "@/lib/api-keys/status";
import type { ApiKey } from "@/lib/api-keys/view";

/** Name and description; on phones also what the hidden columns say. */
export function NameCell({ apiKey }: { apiKey: ApiKey }) {
  return (
    <div className="min-w-0 md:min-w-44">
      <Link
        href={{ pathname: `/api-keys/${apiKey.id}` }}
        prefetch={false}
        title={apiKey.name}
        className="wrap-anywhere block w-fit max-w-full whitespace-normal py-0.5 font-medium leading-5 hover:underline md:line-clamp-2"
      >
        {apiKey.name}
      </Link>
      {apiKey.description ? (
        <p
          className="wrap-anywhere whitespace-normal text-text-muted text-xs md:line-clamp-2"
          title={apiKey.description}
        >
          {apiKey.description}
        </p>
      ) : null}
      <NarrowRow apiKey={apiKey} />
    </div>
  );
}

/** On phones, what the other columns say, but for those that were left out. */
function NarrowRow({ apiKey }: { apiKey: ApiKey }) {
  const { regionNames } = useKeyRow();
  const hidden = useHiddenColumns();
  const facts = [
    !hidden.includes("environment") && environmentLabel(apiKey.environment),
    !hidden.includes("environment") && (regionNames.get(apiKey.region_id) ?? apiKey.region_id),
    !hidden.includes("permissions") && shortSummary(apiKey),
    !hidden.includes("allowed_ips") && addressSummary(apiKey.allowed_ips),
  ].filter((fact) => fact !== false);
  return (
    <div className="mt-1.5 flex flex-col gap-1 text-text-muted text-xs md:hidden">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StatusBadge status={apiKey.status} />
        {hidden.includes("token_preview") ? null : <span className="font-mono">{apiKey.token_preview}</span>}
      </p>
      {facts.length > 0 ? <p>{facts.join(" · ")}</p> : null}
      <p className="flex flex-wrap gap-x-3">
        {hidden.includes("expires_at") ? null : (
          <span>
            {apiKey.status === "expired" ? "Expired" : "Expires"} <ExpiryText expiresAt={apiKey.expires_at} />
          </span>
        )}
        {hidden.includes("last_used_at") ? null : (
          <span>
            Last used <MomentText at={apiKey.last_used_at} />
          </span>
        )}
      </p>
    </div>
  );
}

/** What may be shown of the token, and until when an old one works beside it. */
export function TokenCell({ apiKey }: { apiKey: ApiKey }) {
  return (
    <>
      {apiKey.token_preview}
      {apiKey.grace_period_ends_at === null ? null : (
        <span className="block max-w-36 whitespace-normal font-sans text-text-muted text-xs">
          Old token ends <Time value={apiKey.grace_period_ends_at} />
        </span>
      )}
    </>
  );
}

/** The counts; the permissions themselves on hover and focus. */
export function PermissionsCell({ apiKey }: { apiKey: ApiKey }) {
  const lines = [...apiKey.permissions, ...apiKey.scopes.map(({ action, resource }) => `${action} on ${resource}`)];
  return <CountWithList count={shortSummary(apiKey)} lines={lines} />;
}

export function PlaceCell({ apiKey }: { apiKey: ApiKey }) {
  const { regionNames } = useKeyRow();
  const region = regionNames.get(apiKey.region_id) ?? apiKey.region_id;
  return (
    <>
      {environmentLabel(apiKey.environment)}
      <span className="block max-w-36 truncate text-text-muted text-xs" title={region}>
        {region}
      </span>
    </>
  );
}

export function AddressCell({ apiKey }: { apiKey: ApiKey }) {
  const text = addressSummary(apiKey.allowed_ips);
  if (apiKey.allowed_ips.length < 2) {
    return (
      <span
        className={classNames(
          "wrap-anywhere block w-max max-w-36",
          apiKey.allowed_ips.length === 1 && "font-mono text-xs",
        )}
      >
        {text}
      </span>
    );
  }
  return <CountWithList count={text} lines={apiKey.allowed_ips} />;
}

function CountWithList({ count, lines }: { count: string; lines: readonly string[] }) {
  const shown = lines.slice(0, MAX_LINES);
  const list = (
    <ul className="font-mono">
      {shown.map((line) => (
        <li key={line} className="break-all">
          {line}
        </li>
      ))}
      {lines.length > shown.length ? <li>and {lines.length - shown.length} more</li> : null}
    </ul>
  );
  return (
    <Tooltip content={list}>
      <button type="button" className="max-w-24 cursor-default rounded-sm text-left">
        {count.split(", ").map((part, index, parts) => (
          <span
            key={part}
            className="mr-1 inline-block whitespace-nowrap underline decoration-border-strong decoration-dotted underline-offset-4"
          >
            {index < parts.length - 1 ? `${part},` : part}
          </span>
        ))}
      </button>
    </Tooltip>
  );
}

export function StatusBadge({ status }: { status: KeyStatus }) {
  return (
    <Badge tone={STATUS_TONES[status]} icon={status === "expired" ? <Clock aria-hidden /> : undefined}>
      {statusLabel(status)}
    </Badge>
  );
}

/** In the table: of an expired key the word, and below it when that was. */
export function ExpiryCell({ expiresAt }: { expiresAt: number | null }) {
  const { now } = useKeyRow();
  if (expiresAt === null || expiresAt > now) return <ExpiryText expiresAt={expiresAt} />;
  return (
    <>
      <span className="block text-danger-text">Expired</span>
      <Time value={expiresAt} format="date" className="block text-text-muted text-xs" />
    </>
  );
}

/** "Never", "in 6 days" in amber from 7 days on; of an expired key, whose status says so, when that was. */
export function ExpiryText({ expiresAt }: { expiresAt: number | null }) {
  const { now } = useKeyRow();
  if (expiresAt === null) return <span className="text-text-muted">Never</span>;
  if (expiresAt <= now) return <Time value={expiresAt} format="date" className="text-danger-text" />;
  const isSoon = expiresAt - now <= SOON_SECONDS;
  return <Time value={expiresAt} className={isSoon ? "font-medium text-warning-text" : undefined} />;
}

export function MomentText({ at }: { at: number | null }) {
  return at === null ? <span className="text-text-muted">Never</span> : <Time value={at} />;
}

const MAX_LINES = 30;
const SOON_SECONDS = 7 * 86_400;
const STATUS_TONES: Record<KeyStatus, BadgeTone> = {
  active: "success",
  disabled: "neutral",
  expired: "warning",
  revoked: "danger",
};
