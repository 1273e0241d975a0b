import { Time } from "@/components/ui/time";
import { reasonLabel } from "@/components/usage/reasons";
import type { DecisionView } from "@/lib/decisions/schema";

const SOURCES = { verify: "Verify", authorize: "Gateway" };

/** Why the latest checks of the key's token were denied, with the request's id to find it again. */
export function DenialList({ decisions }: { decisions: readonly DecisionView[] }) {
  if (decisions.length === 0) {
    return <p className="text-text-muted">No check of this key's token was denied in the last 7 days.</p>;
  }
  return (
    <ul className="max-h-96 divide-y divide-border overflow-y-auto" aria-label="Denied checks">
      {decisions.map(({ request_id, at, code, source, ip, checks }) => (
        <li key={request_id} className="py-2 first:pt-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{reasonLabel(code)}</span>
            <Time value={at} className="text-sm text-text-muted" />
          </p>
          <ul className="text-sm">
            {checks
              .filter(({ outcome }) => outcome === "failed")
              .map((check) => (
                <li key={check.code} className="wrap-anywhere">
                  {check.detail}
                </li>
              ))}
          </ul>
          <p className="break-all text-text-muted text-xs">
            {SOURCES[source]}
            {ip ? `, client ${ip}` : ""}, request <code>{request_id}</code>
          </p>
        </li>
      ))}
    </ul>
  );
}
