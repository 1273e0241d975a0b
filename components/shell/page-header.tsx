import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  description?: ReactNode;
  /** Where this page belongs, as links. */
  breadcrumb?: ReactNode;
  actions?: ReactNode;
};

/** The heading of a page: its only h1. */
export function PageHeader({ title, description, breadcrumb, actions }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-wrap items-start gap-x-4 gap-y-3">
      <div className="min-w-0 flex-[1_1_16rem]">
        {breadcrumb ? <div className="mb-1 text-sm text-text-muted">{breadcrumb}</div> : null}
        {/* Takes the focus when what had it is gone. */}
        <h1 tabIndex={-1} className="wrap-anywhere font-semibold text-2xl tracking-tight">
          {title}
        </h1>
        {description ? (
          <div className="wrap-anywhere mt-1 max-w-prose text-pretty text-text-muted">{description}</div>
        ) : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </header>
  );
}
