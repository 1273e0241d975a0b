import type { Metadata } from "next";
import { loadList, viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { readAll } from "@/components/read-all";
import { MembersPanel } from "@/components/settings/members/members-panel";
import { MembersRefused } from "@/components/settings/members/members-refused";
import { mayAccess } from "@/lib/auth/roles";
import { listKeysToReview, listMembers } from "@/lib/members/operations";
import { toMember } from "@/lib/members/view";
import { grantablePermissions, permissionStructure } from "@/lib/organizations/catalogue";
import { listProducts } from "@/lib/products/operations";
import { listSubaccounts } from "@/lib/subaccounts/operations";
import { etagOf } from "@/lib/versions";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ searchParams }: PageProps<"/settings/members">) {
  const context = await requireMember("/settings/members");
  const { principal } = context;
  if (!mayAccess(principal, listMembers.access)) return <MembersRefused role={principal.role} />;
  const [list, review, products, subaccounts] = await Promise.all([
    loadList(
      searchParams,
      (query) => listMembers(context, { query }),
      (row) => ({ ...toMember(row), etag: etagOf(row.version) }),
    ),
    listKeysToReview(context, { query: { limit: "1", include_total: "true" } }),
    readAll((query) => listProducts(context, { query })),
    readAll((query) => listSubaccounts(context, { query })),
  ]);
  return (
    <MembersPanel
      list={list}
      viewer={viewerOf(principal)}
      options={{
        choice: {
          structure: permissionStructure({ products }),
          allowed_permissions: grantablePermissions({ products }),
        },
        subaccounts: subaccounts.map(({ id, name, external_id }) => ({ id, name, external_id })),
        own: { permissions: principal.permissions, subaccounts: principal.subaccounts },
      }}
      toReview={review.total ?? 0}
    />
  );
}
