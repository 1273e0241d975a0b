import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

const TONES = {
  info: { icon: Info, label: "Note", classes: "border-accent-border bg-accent-subtle", accent: "text-accent-text" },
  success: {
    icon: CircleCheck,
    label: "Done",
    classes: "border-success-border bg-success-subtle",
    accent: "text-success-text",
  },
  warning: {
    icon: TriangleAlert,
    label: "Warning",
    classes: "border-warning-border bg-warning-subtle",
    accent: "text-warning-text",
  },
  danger: {
    icon: CircleAlert,
    label: "Error",
    classes: "border-danger-border bg-danger-subtle",
    accent: "text-danger-text",
  },
};

type AlertProps = {
  tone?: keyof typeof TONES;
  title?: ReactNode;
  /** Read out as soon as it appears: for what just happened, not for what stands on the page from the start. */
  announce?: boolean;
  actions?: ReactNode;
  className?: string;
  children?: ReactNode;
};

/** A message in the page. Its tone is told by an icon and a hidden word, not by colour alone. */
export function Alert({ tone = "info", title, announce = false, actions, className, children }: AlertProps) {
  const { icon: Icon, label, classes, accent } = TONES[tone];
  return (
    <div
      role={announce ? "alert" : undefined}
      className={classNames("flex gap-2.5 rounded-md border px-3 py-2.5 text-sm text-text", classes, className)}
    >
      <Icon aria-hidden className={classNames("mt-0.5", accent)} />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <span className="sr-only">{label}: </span>
        {title ? <p className={classNames("font-medium", accent)}>{title}</p> : null}
        {children}
        {actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
