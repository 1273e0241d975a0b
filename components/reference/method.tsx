import { classNames } from "@/components/ui/class-names";

const TONES: Record<string, string> = {
  GET: "text-text-muted",
  DELETE: "text-danger-text",
};

/** An HTTP method, in a column of its own width, so that paths begin below each other. */
export function Method({ name }: { name: string }) {
  return (
    <span
      className={classNames(
        "inline-block w-15 shrink-0 font-mono font-semibold text-xs",
        TONES[name] ?? "text-accent-text",
      )}
    >
      {name}
    </span>
  );
}
