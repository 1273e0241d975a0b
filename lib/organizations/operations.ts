import { mutation } from "@/lib/operation";
import { bootstrap } from "@/lib/organizations/setup";

/** "Set up API keys": an owner's one press. Idempotent; only the first press is a change, and only it is audited. */
export const setUpApiKeys = mutation({
  access: "owner",
  denied: { action: "organization.bootstrapped", targetType: "organization" },
  input: {},
  run: async ({ tx, principal }) => {
    const first = await bootstrap(tx, principal.organization_id);
    const name = principal.type === "user" ? principal.organization_name : "";
    const target = { type: "organization", id: principal.organization_id, name };
    return { result: undefined, audit: first ? [{ action: "organization.bootstrapped", target, changes: {} }] : [] };
  },
});
