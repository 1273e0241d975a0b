import type { ReactNode } from "react";
import { number } from "@/components/usage/usage-words";
import type { Usage } from "@/lib/usage/schema";
import { deniedIn } from "@/lib/usage/view";

/** The range in three numbers, below each other where seven digits would not fit beside each other. */
export function UsageTotals({ total }: Pick<Usage, "total">) {
  const denied = deniedIn(total);
  const all = total.allowed + denied;
  return (
    <div className="@container">
      <dl className="grid gap-3 @[26rem]:grid-cols-3">
        <Total name="Requests" value={number(all)} />
        <Total name="Allowed" value={number(total.allowed)} note={shareText(total.allowed, all)} />
        <Total name="Denied" value={number(denied)} note={shareText(denied, all)} />
      </dl>
    </div>
  );
}

function Total({ name, value, note }: { name: string; value: string; note?: ReactNode }) {
  return (
    <div className="rounded-lg border border-border bg-surface-raised px-3 py-3 sm:px-5">
      <dt className="text-sm text-text-muted">{name}</dt>
      <dd className="mt-0.5 flex flex-wrap items-baseline gap-x-2 font-semibold text-xl">
        {value}
        {note ? <span className="font-normal text-sm text-text-muted">{note}</span> : null}
      </dd>
    </div>
  );
}

/** "12.5%"; nothing of nothing is nothing to say. */
export function shareText(part: number, all: number): string | null {
  if (all === 0) return null;
  const share = (part / all) * 100;
  if (share > 0 && share < 0.1) return "< 0.1%";
  if (share < 100 && share > 99.9) return "> 99.9%";
  return `${share.toLocaleString("en", { maximumFractionDigits: 1 })}%`;
}
