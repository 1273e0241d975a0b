import { Meter } from "@/components/ui/meter";
import { reasonLabel, reasonsOf, reasonTone } from "@/components/usage/reasons";
import { shareText } from "@/components/usage/usage-totals";
import { number } from "@/components/usage/usage-words";
import type { Usage } from "@/lib/usage/schema";
import { deniedIn } from "@/lib/usage/view";

/** Why requests were denied, the most frequent reason first. */
export function Denials({ total }: Pick<Usage, "total">) {
  const reasons = reasonsOf(total);
  const all = deniedIn(total);
  if (reasons.length === 0) return <p className="text-text-muted">No request was denied in this range.</p>;
  return (
    <ul className="flex flex-col gap-3">
      {reasons.map(({ code, count }) => (
        <li key={code}>
          <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
            <span className="font-medium">{reasonLabel(code)}</span>
            <code className="break-all text-text-muted text-xs">{code}</code>
            <span className="ml-auto tabular-nums">
              {number(count)} <span className="text-text-muted">({shareText(count, all)})</span>
            </span>
          </p>
          <Meter share={count / all} tone={reasonTone(code)} />
        </li>
      ))}
    </ul>
  );
}
