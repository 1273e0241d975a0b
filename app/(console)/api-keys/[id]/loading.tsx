import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

export default function KeyLoading() {
  return (
    <>
      <p role="status" className="sr-only">
        Loading the key
      </p>
      <Skeleton className="mb-2 h-4 w-16" />
      <Skeleton className="mb-6 h-7 w-56" />
      <div className="flex flex-col gap-4">
        <Card>
          <Skeleton className="h-24 w-full" />
        </Card>
        <Card>
          <Skeleton className="h-32 w-full" />
        </Card>
        <Card>
          <Skeleton className="h-72 w-full" />
        </Card>
      </div>
    </>
  );
}
