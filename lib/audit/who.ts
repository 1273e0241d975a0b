import type { Who } from "@/lib/audit/repository";
import type { RequestContext } from "@/lib/context";
import type { Principal } from "@/lib/principal";

/** Who makes a request, as the audit log names them. */
export function whoAsks({ principal, ip, requestId }: RequestContext): Who {
  return { organizationId: principal.organization_id, principal: identityOf(principal), ip, requestId };
}

/** A principal as records name it. */
export function identityOf({ type, id, name }: Principal): { type: "user" | "api_key"; id: string; name: string } {
  return { type, id, name };
}
