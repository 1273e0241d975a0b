import type { Metadata } from "next";
import { cookies } from "next/headers";
import { loadKeysPage } from "@/app/(console)/api-keys/load";
import { requireMember } from "@/app/session";
import { BootstrapScreen } from "@/components/api-keys/bootstrap-screen";
import { COLUMNS_COOKIE, hiddenColumnsOf } from "@/components/api-keys/column-choice";
import { KeysPanel } from "@/components/api-keys/keys-panel";
import { readListView } from "@/components/api-keys/list-view";

export const metadata: Metadata = { title: "API Keys" };

export default async function ApiKeysPage({ searchParams }: PageProps<"/api-keys">) {
  const context = await requireMember("/api-keys");
  const { bootstrapped, role } = context.principal;
  if (!bootstrapped) return <BootstrapScreen isOwner={role === "owner"} />;
  const hiddenColumns = hiddenColumnsOf((await cookies()).get(COLUMNS_COOKIE)?.value);
  return (
    <KeysPanel {...(await loadKeysPage(context, readListView(await searchParams)))} hiddenColumns={hiddenColumns} />
  );
}
