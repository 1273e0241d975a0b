import { z } from "zod";
import { idSchema } from "@/lib/api-keys/schema";
import { checkSchema, DENIAL_CODES } from "@/lib/api-keys/verification";
import { toUnixSeconds } from "@/lib/clock";
import { flushDecisions } from "@/lib/decisions/recorder";
import { type StoredDecision, selectDecisions } from "@/lib/decisions/repository";
import { type DecisionView, requestParamsSchema } from "@/lib/decisions/schema";
import { notFound } from "@/lib/errors";
import { query } from "@/lib/operation";

const NEWEST = 50;

/**
 * Why a request was denied: every check, in order. Records of this instance can be read at once, another's half a
 * second later. A key sees only decisions about keys that it can see, and those that it asked for itself.
 */
export const getDecision = query({
  access: "account:audit:read",
  input: { params: requestParamsSchema },
  run: async ({ principal }, { params }) => {
    await flushDecisions();
    const [row] = await selectDecisions(principal, { requestId: params.request_id, limit: 1 });
    if (!row) throw notFound("There is no decision record of this request. They are kept for 7 days at most.");
    return toDecision(row);
  },
});

/** The newest denials of one key, for its page. */
export const listDecisions = query({
  access: "account:audit:read",
  input: { query: z.strictObject({ api_key_id: idSchema }) },
  run: async ({ principal }, { query: { api_key_id } }) => {
    await flushDecisions();
    const rows = await selectDecisions(principal, { apiKeyId: api_key_id, limit: NEWEST });
    return rows.map(toDecision);
  },
});

const storedChecksSchema = z.array(checkSchema);
const storedCodeSchema = z.enum(DENIAL_CODES);

/** The record as JSON. Who asked may know the answer, but the id only of a key that it can see. */
function toDecision(row: StoredDecision): DecisionView {
  return {
    request_id: row.request_id,
    at: toUnixSeconds(row.at),
    source: row.source,
    code: storedCodeSchema.parse(row.code),
    api_key_id: row.is_key_visible ? row.api_key_id : null,
    asked_by: row.asked_by,
    ip: row.ip,
    checks: storedChecksSchema.parse(row.checks),
  };
}
