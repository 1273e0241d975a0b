import { z } from "zod";
import { candidateOf } from "@/lib/api-keys/presented-key";
import { requiredSubaccount } from "@/lib/api-keys/repository-presented";
import { type Check, decide, missingOf, scopeAsked, type VerificationCode } from "@/lib/api-keys/verification";
import { authorizeQuerySchema } from "@/lib/api-keys/verification-schema";
import { ipNotAllowed } from "@/lib/auth/repository";
import { lookUpToken } from "@/lib/auth/token-look-up";
import { noteDecision } from "@/lib/decisions/recorder";
import { AppError } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { fieldErrorsOf } from "@/lib/parse";
import type { Environment } from "@/lib/principal";

/** A client's request as a gateway describes it. */
export type ForwardedRequest = {
  requestId: string;
  token: string;
  /** The client's canonical address; null when it cannot be determined. */
  ip: string | null;
  /** What the gateway requires. */
  asked: Asked;
};

/** A gateway's requirements as they were read; `refusal` when they could not be. */
export type Asked = z.output<typeof authorizeQuerySchema> & { refusal: AppError | null };

/** Who the client is, for the service behind the gateway. */
export type ClientIdentity = {
  key_id: string;
  organization_id: string;
  environment: Environment;
  region_id: string;
  /** Null = all. */
  subaccounts: string[] | null;
};

const inputSchema = z.object({ query: authorizeQuerySchema });

/** Reads the requirements in a query. What is wrong with them is told only to who has a usable token. */
export function readRequirements(query: unknown): Asked {
  const parsed = inputSchema.safeParse({ query }, { reportInput: true });
  return parsed.success
    ? { ...parsed.data.query, refusal: null }
    : { permission: [], refusal: fieldErrorsOf(parsed.error) };
}

/**
 * Decides a forwarded request by its own token, as `verifyToken` does. Throws the problem that the
 * gateway passes on: 401 `invalid_token`, alike for a token that is unknown, of a key that is not active, or of
 * another environment or region than is asked for; 403 when a good token may not do this. Requirements that cannot be
 * read are 422, but only to who has a usable token.
 */
export async function authorizeRequest({ requestId, token, ip, asked }: ForwardedRequest): Promise<ClientIdentity> {
  const { environment, region_id, subaccount: id, permission: permissions, action, resource } = asked;
  const row = await lookUpToken(token);
  const candidate = candidateOf(row);
  const scope = scopeAsked(action, resource);
  const subaccount = id === undefined ? undefined : await requiredSubaccount(row, id);
  const decision = decide(candidate, { environment, region_id, ip, subaccount, permissions, scope });
  if (row === null || candidate === null) throw invalidToken();
  if (asked.refusal && decision.code === "VALID") throw asked.refusal;

  const organizationId = row.organization_id as OrganizationId;
  noteDecision({ decision, source: "authorize", requestId, organizationId, key: row, askedBy: null, ip });
  if (decision.code !== "VALID") {
    throw refusal(decision.code, decision.checks, missingOf(candidate, permissions));
  }
  const subaccounts = row.all_subaccounts ? null : row.allowed_subaccounts;
  return {
    key_id: row.id,
    organization_id: row.organization_id,
    environment: row.environment,
    region_id: row.region_id,
    subaccounts,
  };
}

function refusal(code: VerificationCode, checks: Check[], missing: string[]): AppError {
  if (code === "IP_NOT_ALLOWED") return ipNotAllowed();
  if (code === "INSUFFICIENT_PERMISSIONS" || code === "RESOURCE_NOT_ALLOWED" || code === "SUBACCOUNT_NOT_ALLOWED") {
    const detail = checks.find((check) => check.code === code)?.detail ?? "The key may not do this.";
    return new AppError("insufficient_permissions", detail, code === "INSUFFICIENT_PERMISSIONS" ? { missing } : {});
  }
  return invalidToken();
}

const invalidToken = (): AppError => new AppError("invalid_token", "The token is not valid.");
