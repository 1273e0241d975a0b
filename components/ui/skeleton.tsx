import { classNames } from "@/components/ui/class-names";

/** A grey bar in the shape of what is loading; size it by class. Its surroundings say "Loading" once, in words. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classNames("block h-4 animate-pulse rounded-sm bg-surface-hover", className)} />;
}
