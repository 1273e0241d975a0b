import type { Metadata } from "next";
import { viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { OrganizationPanel } from "@/components/settings/organization/organization-panel";
import { getOrganization } from "@/lib/organizations/operations";
import { toOrganization } from "@/lib/organizations/view";
import { etagOf } from "@/lib/versions";

export const metadata: Metadata = { title: "Organization" };

export default async function OrganizationPage() {
  const context = await requireMember("/settings/organization");
  const row = await getOrganization(context, {});
  const organization = { ...toOrganization(row), etag: etagOf(row.version) };
  return <OrganizationPanel organization={organization} viewer={viewerOf(context.principal)} />;
}
