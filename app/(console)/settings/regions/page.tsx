import type { Metadata } from "next";
import { loadList, viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { RegionsPanel } from "@/components/settings/regions/regions-panel";
import { countKeysOfRegions, listRegions } from "@/lib/regions/operations";
import { toRegion } from "@/lib/regions/view";
import { etagOf } from "@/lib/versions";

export const metadata: Metadata = { title: "Regions" };

export default async function RegionsPage({ searchParams }: PageProps<"/settings/regions">) {
  const context = await requireMember("/settings/regions");
  const counts = new Map((await countKeysOfRegions(context, {})).map((count) => [count.region_id, count]));
  const list = await loadList(
    searchParams,
    (query) => listRegions(context, { query }),
    (row) => {
      const { active = 0, records = 0 } = counts.get(row.id) ?? {};
      return { ...toRegion(row), etag: etagOf(row.version), active, records };
    },
  );
  return <RegionsPanel list={list} viewer={viewerOf(context.principal)} />;
}
