import { PageHeader } from "@/components/shell/page-header";
import { Skeleton } from "@/components/ui/skeleton";

export default function ApiKeysLoading() {
  return (
    <>
      <PageHeader
        title="API Keys"
        description="Keys for calling the API. A key's token is shown once, when it is made."
      />
      <p role="status" className="sr-only">
        Loading the API keys
      </p>
      <div className="mb-4 flex gap-2">
        <Skeleton className="h-8 flex-1" />
        <Skeleton className="h-8 w-36 max-md:hidden" />
        <Skeleton className="h-8 w-44 max-md:hidden" />
      </div>
      <div className="overflow-hidden rounded-lg border border-border bg-surface-raised">
        <div className="h-9 border-border border-b bg-surface-sunken" />
        {ROWS.map((width, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders never move
          <div key={row} className="flex h-14 items-center gap-6 border-border border-b px-3 last:border-b-0">
            <Skeleton className={width} />
            <Skeleton className="w-32 max-md:hidden" />
            <Skeleton className="w-24 max-md:hidden" />
            <Skeleton className="ml-auto w-16" />
          </div>
        ))}
      </div>
    </>
  );
}

const ROWS = ["w-40", "w-32", "w-48", "w-36", "w-44", "w-28"];
