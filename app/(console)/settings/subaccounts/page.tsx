import type { Metadata } from "next";
import { loadList, viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { SubaccountsPanel } from "@/components/settings/subaccounts/subaccounts-panel";
import { listSubaccounts } from "@/lib/subaccounts/operations";
import { toSubaccount } from "@/lib/subaccounts/view";
import { etagOf } from "@/lib/versions";

export const metadata: Metadata = { title: "Subaccounts" };

export default async function SubaccountsPage({ searchParams }: PageProps<"/settings/subaccounts">) {
  const context = await requireMember("/settings/subaccounts");
  const list = await loadList(
    searchParams,
    (query) => listSubaccounts(context, { query }),
    (row) => ({ ...toSubaccount(row), etag: etagOf(row.version) }),
  );
  return <SubaccountsPanel list={list} viewer={viewerOf(context.principal)} />;
}
