import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { readAll } from "@/components/read-all";
import { getPermissionContext } from "@/lib/api-keys/operations/read";
import type { RequestContext } from "@/lib/context";
import type { MemberPrincipal } from "@/lib/principal";
import { listRegions } from "@/lib/regions/operations";
import { listSubaccounts } from "@/lib/subaccounts/operations";

/** What the dialogs of a key choose from, and what this member may choose. */
export async function loadKeyFormOptions(context: RequestContext<MemberPrincipal>): Promise<KeyFormOptions> {
  const [choice, regions, subaccounts] = await Promise.all([
    getPermissionContext(context, {}),
    readAll((query) => listRegions(context, { query })),
    readAll((query) => listSubaccounts(context, { query })),
  ]);
  const { id, role } = context.principal;
  return {
    viewer: { id, role, ip: context.ip, all_subaccounts: context.principal.subaccounts === null },
    choice,
    regions: regions.map(({ id, name, is_default, always_keep_one_active_key }) => ({
      ...{ id, name, is_default, always_keep_one_active_key },
    })),
    subaccounts: subaccounts.map(({ id, name, external_id }) => ({ id, name, external_id })),
  };
}
