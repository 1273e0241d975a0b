import type { Metadata } from "next";
import Link from "next/link";
import { currentMember } from "@/app/session";
import { PageHeader } from "@/components/shell/page-header";
import { PublicHeader } from "@/components/shell/public-header";
import { ERROR_HELP } from "@/lib/error-help";
import { ERRORS, type ErrorCode } from "@/lib/errors";

export const metadata: Metadata = { title: "Errors" };

export default async function ErrorsPage() {
  // It is there for everyone, without the database too.
  const isSignedIn = (await currentMember().catch(() => null)) !== null;
  const codes = Object.keys(ERRORS) as ErrorCode[];
  return (
    <>
      <PublicHeader isSignedIn={isSignedIn} />
      <main className="mx-auto max-w-3xl px-4 py-8">
        <PageHeader
          breadcrumb={
            isSignedIn ? (
              <Link href="/reference" className="underline underline-offset-4 hover:text-text">
                API reference
              </Link>
            ) : null
          }
          title="Errors"
          description="Every error of the API is a problem document (RFC 9457). Its type leads here; its request_id finds it in the log."
        />
        <dl className="divide-y divide-border rounded-lg border border-border bg-surface-raised">
          {codes.map((code) => (
            <div key={code} id={code} className="scroll-mt-16 px-4 py-3 target:bg-accent-subtle">
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
    </>
  );
}
