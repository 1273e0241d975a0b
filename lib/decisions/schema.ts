import { z } from "zod";
import { checkSchema, DENIAL_CODES } from "@/lib/api-keys/verification";

/** Why a request was denied. It has no place for a token. */
export const decisionSchema = z
  .strictObject({
    request_id: z.string(),
    at: z.int(),
    source: z.enum(["verify", "authorize"]).meta({ description: "The surface that decided." }),
    code: z.enum(DENIAL_CODES),
    api_key_id: z.string().nullable().meta({ description: "Null when no key was found, or it is not yours to see." }),
    asked_by: z.string().nullable().meta({ description: "The principal that asked; null for a gateway." }),
    ip: z.string().nullable().meta({ description: "The address that was judged; null = none or unknown." }),
    checks: z.array(checkSchema).meta({ description: "In the order in which they count." }),
  })
  .meta({ id: "Decision" });

export type DecisionView = z.output<typeof decisionSchema>;

/** The `{request_id}` of a path, as `X-Request-Id` and every problem spell it. */
export const requestParamsSchema = z.strictObject({ request_id: z.string().regex(/^req_[0-9a-z]{24}$/) });
