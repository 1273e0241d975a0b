import type { z } from "zod";
import { keyQuery } from "@/lib/api-keys/kernel";
import { candidateOf } from "@/lib/api-keys/presented-key";
import { subaccountExists } from "@/lib/api-keys/repository-presented";
import { decide, scopeAsked } from "@/lib/api-keys/verification";
import { type verificationSchema, verifySchema } from "@/lib/api-keys/verification-schema";
import { viewOf } from "@/lib/api-keys/view";
import { lookUpToken } from "@/lib/auth/token-look-up";
import { noteDecision } from "@/lib/decisions/recorder";

/**
 * Says whether a presented token may do what is asked. It writes nothing, and answers as the primary would at
 * this moment: from memory only while that is certain, else by one statement. Only tokens of the principal's own organization are found. A key
 * as principal is told that a token belongs to the other environment, because the token's own prefix says as much,
 * but sees nothing of that key's record.
 */
export const verifyToken = keyQuery({
  access: "account:apikeys:verify",
  input: { body: verifySchema },
  run: async ({ principal, requestId }, { body }): Promise<z.output<typeof verificationSchema>> => {
    const { token, permissions, action, resource, ip = null, subaccount, region_id } = body;
    const environment = principal.type === "api_key" ? principal.environment : undefined;
    const row = await lookUpToken(token, principal.organization_id);
    const scope = scopeAsked(action, resource);
    const candidate = candidateOf(row, row !== null && (await subaccountExists(row, subaccount)));
    const decision = decide(candidate, { environment, region_id, ip, subaccount, permissions, scope });
    const isVisible = candidate !== null && (environment === undefined || candidate.environment === environment);
    noteDecision({
      decision,
      source: "verify",
      requestId,
      organizationId: principal.organization_id,
      key: candidate && row,
      callerId: principal.id,
      ip,
    });
    const valid = decision.code === "VALID";
    return { valid, code: decision.code, key: isVisible && row ? viewOf(row) : null };
  },
});
