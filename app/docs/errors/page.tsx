import type { Metadata } from "next";
import { PageHeader } from "@/components/shell/page-header";
import { ERROR_HELP } from "@/lib/error-help";
import { ERRORS, type ErrorCode } from "@/lib/errors";

export const metadata: Metadata = { title: "Errors" };

export default function ErrorsPage() {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return (
    <main className="mx-auto max-w-3xl px-4 py-10">
      <PageHeader
        title="Errors"
        description="Every error of the API is a problem document (RFC 9457). Its type leads here; its request_id finds it in the log."
      />
      <dl className="divide-y divide-border rounded-lg border border-border bg-surface-raised">
        {codes.map((code) => (
          <div key={code} id={code} className="scroll-mt-4 px-4 py-3 target:bg-accent-subtle">
            <dt className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <code className="font-mono font-semibold text-sm">{code}</code>
              <span className="text-sm text-text-muted tabular-nums">{ERRORS[code].status}</span>
              <span className="text-sm">{ERRORS[code].title}</span>
            </dt>
            <dd className="mt-1 text-pretty text-sm text-text-muted">{ERROR_HELP[code]}</dd>
          </div>
        ))}
      </dl>
    </main>
  );
}
