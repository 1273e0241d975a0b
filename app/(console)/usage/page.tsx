import type { Metadata } from "next";
import { requireMember } from "@/app/session";
import { PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { Denials } from "@/components/usage/denials";
import { DownloadLink } from "@/components/usage/download-link";
import { idleRange, RANGES, rangeOf, rangeQuery } from "@/components/usage/range";
import { RangeLinks } from "@/components/usage/range-links";
import { TopKeys } from "@/components/usage/top-keys";
import { UnusedKeys } from "@/components/usage/unused-keys";
import { UsageChart } from "@/components/usage/usage-chart";
import { UsageTotals } from "@/components/usage/usage-totals";
import { getUsage, listTopKeys, listUnusedKeys } from "@/lib/usage/operations";

export const metadata: Metadata = { title: "Usage" };

export default async function UsagePage({ searchParams }: PageProps<"/usage">) {
  const context = await requireMember("/usage");
  const range = rangeOf(await searchParams);
  const { interval } = RANGES[range];
  const idle = RANGES[idleRange(range)];
  const now = Math.floor(Date.now() / 1000);
  const query = rangeQuery(range, now);
  const [usage, topKeys, unused] = await Promise.all([
    getUsage(context, { query }),
    listTopKeys(context, { query }),
    listUnusedKeys(context, { query: { since: now - idle.seconds } }),
  ]);
  return (
    <>
      <PageHeader
        title="Usage"
        description="Requests that were made with your keys, and checks of their tokens by your services."
        actions={<DownloadLink path="/usage/csv" query={query} />}
      />
      <div className="flex flex-col gap-4">
        <RangeLinks current={range} hrefOf={(other) => `/usage?range=${other}`} />
        <UsageTotals total={usage.total} />
        <Card title="Requests over time">
          <UsageChart usage={usage} interval={interval} />
        </Card>
        <div className="grid items-start gap-4 *:min-w-0 xl:grid-cols-2">
          <Card title="Top keys" description="The ten with the most requests.">
            <TopKeys keys={topKeys} />
          </Card>
          <div className="flex min-w-0 flex-col gap-4">
            <Card title="Denied by reason">
              <Denials total={usage.total} />
            </Card>
            <Card
              title="Unused keys"
              description={`Active keys that nobody used for ${idle.label}. Consider revoking them.`}
            >
              <UnusedKeys {...unused} since={idle.label} />
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}
