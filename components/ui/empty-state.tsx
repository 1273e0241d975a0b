import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

type EmptyStateProps = {
  icon?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
};

/** What stands where a list would: why there is nothing, and what to do next. */
export function EmptyState({ icon, title, description, actions, className }: EmptyStateProps) {
  return (
    <div
      className={classNames(
        "flex flex-col items-center rounded-lg border border-border border-dashed px-6 py-12 text-center",
        className,
      )}
    >
      {icon ? (
        <span
          aria-hidden
          className="mb-4 grid size-10 place-items-center rounded-lg border border-border bg-surface-raised text-text-muted shadow-raised [&_.lucide]:size-5"
        >
          {icon}
        </span>
      ) : null}
      <h2 className="font-semibold text-lg">{title}</h2>
      {description ? (
        <div className="wrap-anywhere mt-1 max-w-md text-pretty text-text-muted">{description}</div>
      ) : null}
      {actions ? <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}
