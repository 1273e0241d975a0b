import {
  type Asked,
  authorizeRequest,
  type ClientIdentity,
  readRequirements,
} from "@/lib/api-keys/operations/authorize";
import { verifyToken } from "@/lib/api-keys/operations/verify";
import { authorizeQuerySchema, verificationSchema } from "@/lib/api-keys/verification-schema";
import { presentedToken } from "@/lib/auth/bearer";
import { BoundedMap } from "@/lib/bounded-map";
import { AppError } from "@/lib/errors";
import { type Answer, type Endpoint, endpoint, forwardedEndpoint, type PublicRequest } from "@/lib/http/endpoint";
import { queryOf } from "@/lib/http/query";

const tag = "Checking a token";

const authorize = forwardedEndpoint({
  method: "GET",
  anyMethod: true,
  path: "/v4/authorize",
  tag,
  summary: "May this request pass?",
  description:
    "For reverse proxies. Judges the client's own token in the forwarded headers by what the query requires, and the client's address by the trusted proxies. Every method is answered alike. On 200, `X-Latchkey-Key-Id`, `X-Latchkey-Organization-Id`, `X-Latchkey-Environment`, `X-Latchkey-Region-Id` and `X-Latchkey-Subaccounts` (a comma list, `*` for all, `none` for none) say who the client is.",
  status: 200,
  response: null,
  input: { query: authorizeQuerySchema },
  call: authorizeForwarded,
});

/** "Checking a token" of the HTTP contract. */
export const verifyEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/v4/verify",
    tag,
    summary: "May this token do that?",
    description:
      "Only `token` is required. A decided token is always answered with 200. `action` and `resource` come together.",
    status: 200,
    response: verificationSchema,
    operation: verifyToken,
    example: {
      token: "lk_prod_…",
      permissions: ["residential:read"],
      action: "read",
      resource: "PLACE/Site/42/THING/Battery/7",
      ip: "203.0.113.9",
    },
    // Put together by hand: the record is the greater part of the answer, and is JSON already.
    answer: ({ code, record }) => ({ json: `{"valid":${code === "VALID"},"code":"${code}","key":${record}}` }),
    limit: "decision",
  }),
  authorize,
];

// A gateway asks the same few questions all day, and reading one costs as much as deciding.
const remembered = new BoundedMap<Asked>(1_000, 2_000);
const askedBy = (search: string): Asked => remembered.getOrMake(search, () => readRequirements(queryOf(search)));

async function authorizeForwarded({ requestId, ip, header, search }: PublicRequest): Promise<Answer> {
  const presented = presentedToken(header);
  if (presented.kind !== "token") {
    const unusable = presented.kind === "unusable";
    throw new AppError("unauthenticated", "Send the token as: Authorization: Bearer <token>.", { unusable });
  }
  const identity = await authorizeRequest({ requestId, token: presented.token, ip, asked: askedBy(search) });
  return { headers: identityHeaders(identity) };
}

function identityHeaders({ key_id, organization_id, environment, region_id, subaccounts }: ClientIdentity) {
  return {
    "x-latchkey-key-id": key_id,
    "x-latchkey-organization-id": organization_id,
    "x-latchkey-environment": environment,
    "x-latchkey-region-id": region_id,
    // Never empty: a gateway may drop an empty header, and its absence could be read as no limit.
    "x-latchkey-subaccounts": subaccounts === null ? "*" : subaccounts.join(",") || "none",
  };
}
