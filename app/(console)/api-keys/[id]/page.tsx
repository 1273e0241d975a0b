import type { Metadata, Route } from "next";
import Link from "next/link";
import { loadKey, loadKeyHistory } from "@/app/(console)/api-keys/[id]/load";
import { loadKeyFormOptions } from "@/app/(console)/api-keys/options";
import { EventList } from "@/components/audit/event-list";
import { DenialList } from "@/components/key-page/denial-list";
import { KeyAccess } from "@/components/key-page/key-access";
import { KeyFacts } from "@/components/key-page/key-facts";
import { KeyFrame } from "@/components/key-page/key-frame";
import { Overlap } from "@/components/key-page/overlap";
import { QuickStart } from "@/components/key-page/quick-start";
import { Card } from "@/components/ui/card";
import { Denials } from "@/components/usage/denials";
import { DownloadLink } from "@/components/usage/download-link";
import { RANGES, rangeOf, rangeQuery } from "@/components/usage/range";
import { RangeLinks } from "@/components/usage/range-links";
import { UsageChart } from "@/components/usage/usage-chart";
import { UsageTotals } from "@/components/usage/usage-totals";
import { getEnv } from "@/lib/env";

export async function generateMetadata({ params }: PageProps<"/api-keys/[id]">): Promise<Metadata> {
  const { key } = await loadKey((await params).id);
  return { title: key.name };
}

export default async function KeyPage({ params, searchParams }: PageProps<"/api-keys/[id]">) {
  const { context, key } = await loadKey((await params).id);
  const range = rangeOf(await searchParams);
  const now = Math.floor(Date.now() / 1000);
  const query = rangeQuery(range, now);
  const [options, history] = await Promise.all([loadKeyFormOptions(context), loadKeyHistory(context, key, query)]);
  const { usage, tokenUse, events, decisions, lastActive, addresses } = history;
  const breadcrumb = (
    <nav aria-label="Breadcrumb">
      <Link href="/api-keys" className="underline decoration-border-strong underline-offset-4 hover:decoration-text">
        API Keys
      </Link>
    </nav>
  );
  return (
    <KeyFrame
      apiKey={key}
      options={options}
      lastActive={lastActive}
      lastUsedFrom={addresses}
      now={now}
      breadcrumb={breadcrumb}
    >
      <div className="flex flex-col gap-4">
        {tokenUse && key.grace_period_ends_at !== null && key.status === "active" ? (
          <Overlap apiKey={key} endsAt={key.grace_period_ends_at} use={tokenUse} />
        ) : null}
        <Card>
          <KeyFacts apiKey={key} lastUsedFrom={addresses[key.id]} />
        </Card>
        <Card title="What it can do">
          <KeyAccess apiKey={key} choice={options.choice} subaccounts={options.subaccounts} />
        </Card>
        <Card title="Usage" actions={<DownloadLink path="/usage/csv" query={{ ...query, api_key_id: key.id }} />}>
          <div className="flex flex-col gap-4">
            <RangeLinks current={range} hrefOf={(other) => `/api-keys/${key.id}?range=${other}` as Route} />
            <UsageTotals total={usage.total} />
            <UsageChart usage={usage} interval={RANGES[range].interval} />
          </div>
        </Card>
        <div className="grid items-start gap-4 *:min-w-0 xl:grid-cols-2">
          <Card title="Denied by reason">
            <Denials total={usage.total} />
          </Card>
          {decisions === null ? null : (
            <Card title="Why it was denied" description="The latest checks by your services and gateways that failed.">
              <DenialList decisions={decisions} />
            </Card>
          )}
        </div>
        {events === null ? (
          <Card title="Recent activity">
            <p className="text-text-muted">
              What happened to this key, and why checks of it were denied, stands in the audit log, which developers do
              not read. Ask an admin or owner.
            </p>
          </Card>
        ) : (
          <Card title="Recent activity" actions={<LogLink keyId={key.id} />}>
            <EventList events={events.data} ofKey={key.id} />
          </Card>
        )}
        <Card title="Quick start">
          <QuickStart origin={getEnv().url} />
        </Card>
      </div>
    </KeyFrame>
  );
}

function LogLink({ keyId }: { keyId: string }) {
  return (
    <Link
      href={`/audit-log?api_key_id=${keyId}`}
      className="underline decoration-border-strong underline-offset-4 hover:decoration-text"
    >
      All in the audit log
    </Link>
  );
}
