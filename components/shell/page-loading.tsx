import { PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

/** What stands in for a page of cards until it is there. `cards` are the classes of their heights. */
export function PageLoading({ title, cards }: { title: string; cards: readonly string[] }) {
  return (
    <>
      <PageHeader title={title} />
      <p role="status" className="sr-only">
        Loading
      </p>
      <div className="flex flex-col gap-4">
        {cards.map((height, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholders never move
          <Card key={index}>
            <Skeleton className={height} />
          </Card>
        ))}
      </div>
    </>
  );
}
