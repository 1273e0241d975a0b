import { getDecision } from "@/lib/decisions/operations";
import { decisionSchema } from "@/lib/decisions/schema";
import { type Endpoint, endpoint } from "@/lib/http/endpoint";

/** Why requests were denied. */
export const decisionEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/v4/account/decisions/{request_id}",
    tag: "Checking a token",
    summary: "Why a request was denied",
    description:
      "The ordered checks of a denied `/v4/verify` or `/v4/authorize` request. The newest 1,000 of an organization are kept, for 7 days at most.",
    status: 200,
    response: decisionSchema,
    operation: getDecision,
  }),
];
