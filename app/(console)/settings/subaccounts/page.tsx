import type { Metadata } from "next";
import { loadList, viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { SubaccountsPanel } from "@/components/settings/subaccounts/subaccounts-panel";
import { countSubaccountUse, listSubaccounts } from "@/lib/subaccounts/operations";
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
  const ids = list.rows.map(({ id }) => id);
  const uses = new Map((await countSubaccountUse(context, { body: { ids } })).map((use) => [use.id, use]));
  const rows = list.rows.map((row) => ({
    ...row,
    keys: uses.get(row.id)?.keys ?? 0,
    members: uses.get(row.id)?.members ?? 0,
  }));
  return <SubaccountsPanel list={{ ...list, rows }} viewer={viewerOf(context.principal)} />;
}
