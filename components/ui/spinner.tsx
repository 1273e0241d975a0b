import { LoaderCircle } from "lucide-react";
import { classNames } from "@/components/ui/class-names";

/** A turning circle. With `label` it is announced; without, it is decoration beside a text that says the same. */
export function Spinner({ label, className }: { label?: string; className?: string }) {
  return (
    <span role={label ? "status" : undefined} className={classNames("inline-flex items-center", className)}>
      <LoaderCircle aria-hidden className="animate-spin" />
      {label ? <span className="sr-only">{label}</span> : null}
    </span>
  );
}
