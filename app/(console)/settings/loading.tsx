import { Skeleton } from "@/components/ui/skeleton";

export default function SettingsLoading() {
  return (
    <>
      <p role="status" className="sr-only">
        Loading the settings
      </p>
      <Skeleton className="mb-2 h-7 w-44" />
      <Skeleton className="mb-6 w-80 max-w-full" />
      <div className="overflow-hidden rounded-lg border border-border bg-surface-raised">
        <div className="h-9 border-border border-b bg-surface-sunken" />
        {ROWS.map((width) => (
          <div key={width} className="flex h-12 items-center gap-6 border-border border-b px-3 last:border-b-0">
            <Skeleton className={width} />
            <Skeleton className="ml-auto w-16" />
          </div>
        ))}
      </div>
    </>
  );
}

const ROWS = ["w-40", "w-32", "w-48", "w-36"];
