import { z } from "zod";
import { MAX_TOKEN_LENGTH } from "@/lib/api-keys/imported-token";
import { keyQuery } from "@/lib/api-keys/kernel";
import { findKey } from "@/lib/api-keys/repository";
import { apiKeySchema, toApiKey } from "@/lib/api-keys/view";
import { lookUpToken } from "@/lib/auth/token-look-up";

export const findByTokenSchema = z
  .strictObject({
    token: z
      .string("Paste a token.")
      .trim()
      .min(1, "Paste a token.")
      .max(MAX_TOKEN_LENGTH, "This is too long for a token."),
  })
  .meta({ id: "FindByToken" });

export const foundKeySchema = z.strictObject({ data: apiKeySchema.nullable() }).meta({ id: "FoundApiKey" });

/**
 * Whose token this is, among the keys that the principal can see, in whatever state; null for any other. The token
 * comes in a body, so that it is in no address and no log, and it is not kept.
 */
export const findKeyByToken = keyQuery({
  access: "account:apikeys:read",
  input: { body: findByTokenSchema },
  run: async ({ principal }, { body }) => {
    const holder = await lookUpToken(body.token, principal.organization_id);
    const row = holder && (await findKey(principal, holder.id, true));
    return { data: row && toApiKey(row) };
  },
});
