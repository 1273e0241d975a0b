import { Ban, CircleCheck, CircleMinus, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

const TONES = {
  neutral: { icon: CircleMinus, classes: "border-border bg-surface-sunken text-text-muted" },
  accent: { icon: Info, classes: "border-accent-border bg-accent-subtle text-accent-text" },
  success: { icon: CircleCheck, classes: "border-success-border bg-success-subtle text-success-text" },
  warning: { icon: TriangleAlert, classes: "border-warning-border bg-warning-subtle text-warning-text" },
  danger: { icon: Ban, classes: "border-danger-border bg-danger-subtle text-danger-text" },
};

export type BadgeTone = keyof typeof TONES;

type BadgeProps = {
  tone?: BadgeTone;
  /** Another icon than the tone's own; null for none, where the text is not a status. */
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A short state or category. A status is told by its icon and its word; the colour only helps. */
export function Badge({ tone = "neutral", icon, className, children }: BadgeProps) {
  const { icon: Icon, classes } = TONES[tone];
  return (
    <span
      className={classNames(
        "inline-flex h-5 max-w-full items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 font-medium text-xs [&_.lucide]:size-3 [&_.lucide]:stroke-[2.25]",
        classes,
        className,
      )}
    >
      {icon === undefined ? <Icon aria-hidden /> : icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
