import { type Endpoint, endpoint } from "@/lib/http/endpoint";
import { getUsage } from "@/lib/usage/operations";
import { usageSchema } from "@/lib/usage/schema";

/** How keys are used. */
export const usageEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/v4/account/usage",
    tag: "Usage and audit",
    summary: "Requests over time, allowed and denied",
    description:
      "Every request that was made with a key, and every decision about its token by `/v4/verify` and `/v4/authorize`. At most 2,200 points at once. A key sees only the usage of keys that it can see.",
    status: 200,
    response: usageSchema,
    operation: getUsage,
  }),
];
