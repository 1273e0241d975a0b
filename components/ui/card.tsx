import type { ReactNode } from "react";

type CardProps = {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
};

/** A raised section with an optional heading row. */
export function Card({ title, description, actions, children }: CardProps) {
  return (
    <section className="rounded-lg border border-border bg-surface-raised">
      {title ? (
        <header className="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 pt-4">
          <div className="min-w-0 flex-1">
            <h2 className="font-semibold text-lg">{title}</h2>
            {description ? <p className="mt-0.5 text-text-muted">{description}</p> : null}
          </div>
          {actions ? <div className="flex gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className="px-5 py-4">{children}</div>
    </section>
  );
}
