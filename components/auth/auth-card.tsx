import type { ReactNode } from "react";

type AuthCardProps = { title: string; description?: ReactNode; children?: ReactNode };

/** The one card of a signed-out page, with its only h1. */
export function AuthCard({ title, description, children }: AuthCardProps) {
  return (
    <div className="rounded-xl border border-border bg-surface-raised px-6 py-6 shadow-raised sm:px-8">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {description ? <div className="mt-1 text-pretty text-text-muted">{description}</div> : null}
      {children ? <div className="mt-6 flex flex-col gap-4">{children}</div> : null}
    </div>
  );
}
