import type { Route } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { Words } from "@/components/reference/prose";

/** What holds for every call. */
export function Basics({ origin }: { origin: string }) {
  return (
    <dl className="grid gap-x-8 gap-y-4 rounded-lg border border-border bg-surface-raised px-5 py-4 sm:grid-cols-2 xl:grid-cols-3">
      <Fact name="Address">
        <code className="break-all font-mono text-[0.9em] text-text">{origin}</code>
      </Fact>
      <Fact name="Token">
        <Words text="`Authorization: Bearer <token>`, or the token alone as `X-API-Key` or `api-token`." />
      </Fact>
      <Fact name="Bodies">
        <Words text="JSON in and out. An unknown field is refused, so that a typo cannot widen a key. Times are Unix seconds." />
      </Fact>
      <Fact name="Errors">
        <Words text="`application/problem+json` with a `code`, a `detail` and a `request_id`; each wrong field by its pointer. " />
        <Link href={"/docs/errors" as Route} className="underline underline-offset-2 hover:text-text">
          All codes
        </Link>
      </Fact>
      <Fact name="Retries">
        <Words text="With an `Idempotency-Key`, a repeated create or regenerate makes nothing new for 24 hours." />
      </Fact>
      <Fact name="Concurrent edits">
        <Words text="Send the `ETag` that a change was made from as `If-Match`: a stale one is refused with 412." />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="font-medium text-sm">{name}</dt>
      <dd className="mt-0.5 text-pretty text-sm text-text-muted">{children}</dd>
    </div>
  );
}
