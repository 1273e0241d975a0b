import { LoaderCircle } from "lucide-react";

/** A turning circle. With `label` it is announced; without, it is decoration beside a text that says the same. */
export function Spinner({ label }: { label?: string }) {
  return (
    <span role={label ? "status" : undefined} className="inline-flex items-center">
      <LoaderCircle aria-hidden className="animate-spin" />
      {label ? <span className="sr-only">{label}</span> : null}
    </span>
  );
}
