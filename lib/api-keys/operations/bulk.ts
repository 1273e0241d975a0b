import { z } from "zod";
import { keyQuery } from "@/lib/api-keys/kernel";
import { revokeApiKey } from "@/lib/api-keys/operations/revoke";
import { updateApiKey } from "@/lib/api-keys/operations/update";
import { type BulkAction, bulkSchema } from "@/lib/api-keys/schema";
import { refusalOf } from "@/lib/attempt";
import { authorize } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import { ERRORS, type ErrorCode } from "@/lib/errors";

export const bulkResultSchema = z
  .strictObject({
    results: z.array(
      z.strictObject({
        id: z.string(),
        ok: z.boolean(),
        code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "BulkResult" });

const PERMISSION = {
  disable: "account:apikeys:update",
  reactivate: "account:apikeys:update",
  revoke: "account:apikeys:delete",
} as const;

type BulkInput = z.input<typeof bulkSchema>;
/** It is refused only once its body was read. */
const DENIED = { disable: "api_key.disabled", reactivate: "api_key.reactivated", revoke: "api_key.revoked" } as const;

/**
 * Disables, reactivates or revokes up to 100 keys. Each id stands alone: it is its own change, with its own audit
 * event and its own answer, made by the same operation as for one key. Not a transaction over all.
 */
export const bulkChangeApiKeys = keyQuery({
  access: "any",
  denied: (raw) => ({ action: DENIED[(raw as { body: BulkInput }).body.action], targetType: "api_key" }),
  input: { body: bulkSchema },
  run: async (context, { body }) => {
    authorize(context.principal, PERMISSION[body.action]);
    const results: z.output<typeof bulkResultSchema>["results"] = [];
    for (const id of body.ids) results.push(await changeOne(context, body.action, id));
    return { results };
  },
});

async function changeOne(context: RequestContext, action: BulkAction, id: string) {
  const single: RequestContext = { ...context, ifMatch: undefined };
  try {
    if (action === "revoke") await revokeApiKey(single, { params: { id }, query: {} });
    else await updateApiKey(single, { params: { id }, body: { is_active: action === "reactivate" } });
    return { id, ok: true, code: null, detail: null };
  } catch (error) {
    // One id's refusal is an answer, not the end of the others.
    const { code, message } = refusalOf(error);
    return { id, ok: false, code, detail: message };
  } finally {
    context.propagation = single.propagation;
  }
}
