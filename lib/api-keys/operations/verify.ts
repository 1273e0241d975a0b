import { keyQuery } from "@/lib/api-keys/kernel";
import { candidateOf, recordOf } from "@/lib/api-keys/presented-key";
import { rememberingRequirements } from "@/lib/api-keys/remembered-requirements";
import { requiredSubaccount } from "@/lib/api-keys/repository-presented";
import { decide, scopeAsked, type VerificationCode } from "@/lib/api-keys/verification";
import { verifySchema } from "@/lib/api-keys/verification-schema";
import { lookUpToken } from "@/lib/auth/token-look-up";
import { noteDecision } from "@/lib/decisions/recorder";

/** What is said of a presented token. `record`: its key as the API shows it, in JSON; null when it may not be seen. */
export type Verified = { code: VerificationCode; record: string | null };

/**
 * Says whether a presented token may do what is asked. It writes nothing, and answers as the primary would at this
 * moment: from memory only while that is certain, else by one statement. Only tokens of the principal's own
 * organization are found. A key as principal is told that a token belongs to the other environment, because the token's
 * own prefix says as much, but sees nothing of that key's record.
 */
export const verifyToken = keyQuery({
  access: "account:apikeys:verify",
  input: { body: verifySchema },
  reader: rememberingRequirements,
  run: async ({ principal, requestId }, { body }): Promise<Verified> => {
    const { token, permissions, action, resource, ip = null, subaccount: id, region_id } = body;
    const environment = principal.type === "api_key" ? principal.environment : undefined;
    const key = await lookUpToken(token, principal.organization_id);
    const scope = scopeAsked(action, resource);
    const candidate = candidateOf(key);
    const subaccount = id === undefined ? undefined : await requiredSubaccount(key, id);
    const decision = decide(candidate, { environment, region_id, ip, subaccount, permissions, scope });
    noteDecision({
      decision,
      source: "verify",
      requestId,
      organizationId: principal.organization_id,
      key: candidate && key,
      askedBy: principal.id,
      ip,
    });
    const isVisible = candidate !== null && (environment === undefined || candidate.environment === environment);
    return { code: decision.code, record: isVisible && key ? recordOf(key) : null };
  },
});
