import { z } from "zod";
import { parseAddress } from "@/lib/api-keys/ip-rules";
import {
  environmentSchema,
  idSchema,
  MAX_PERMISSIONS,
  permissionSchema,
  resourceSchema,
  scopeActionSchema,
} from "@/lib/api-keys/schema";
import { VERIFICATION_CODES } from "@/lib/api-keys/verification";
import { apiKeySchema } from "@/lib/api-keys/view";

const addressSchema = z.string({ error: "Expected an address as text." }).transform((text, context) => {
  const address = parseAddress(text);
  if (address !== null) return address;
  context.addIssue({ code: "custom", message: "This is not an IP address.", params: { code: "invalid_address" } });
  return z.NEVER;
});

const requirementFields = {
  action: scopeActionSchema.optional(),
  resource: resourceSchema.optional(),
  subaccount: idSchema.optional(),
  region_id: idSchema.optional(),
};

/** `POST /v4/verify`. Any text is a token: one that cannot be is not found. */
export const verifySchema = z
  .strictObject({
    token: z.string({ error: "Expected the token as text." }),
    permissions: z
      .array(permissionSchema, { error: "Expected a list of permissions." })
      .max(MAX_PERMISSIONS, { error: `At most ${MAX_PERMISSIONS} permissions.` })
      .default([])
      .meta({ description: "All of them must be held." }),
    ip: addressSchema.optional().meta({ description: "The client's address. A key with address rules needs it." }),
    ...requirementFields,
  })
  .superRefine(requireWholeScope)
  .meta({ id: "Verify" });

export const verificationSchema = z
  .strictObject({
    valid: z.boolean(),
    code: z.enum(VERIFICATION_CODES).meta({ description: "The first check that failed, in this order; else VALID." }),
    key: apiKeySchema.nullable().meta({
      description:
        "The key, without its token; its permissions are those that count today. Null when it is not found or belongs to an environment that is not yours to see.",
    }),
  })
  .meta({ id: "Verification" });

/** The query of `/v4/authorize`: what a gateway requires. */
export const authorizeQuerySchema = z
  .strictObject({
    permission: z
      .union([permissionSchema, z.array(permissionSchema).max(MAX_PERMISSIONS)])
      .optional()
      .transform((given) => (given === undefined ? [] : [given].flat()))
      .meta({ description: "May be repeated: all of them must be held." }),
    environment: environmentSchema.optional(),
    ...requirementFields,
  })
  .superRefine(requireWholeScope);

function requireWholeScope(
  { action, resource }: { action?: unknown; resource?: unknown },
  context: z.RefinementCtx,
): void {
  if ((action === undefined) === (resource === undefined)) return;
  const absent = action === undefined ? "action" : "resource";
  const message = "An action and a resource are given together or not at all.";
  context.addIssue({ code: "custom", path: [absent], message, params: { code: "required" } });
}
