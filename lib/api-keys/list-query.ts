import { z } from "zod";
import { environmentSchema, idSchema } from "@/lib/api-keys/schema";
import { MAX_SEARCH } from "@/lib/api-keys/search-text";
import { KEY_STATUSES, type KeyStatus } from "@/lib/api-keys/status";
import { CREATOR_ID_SHAPE } from "@/lib/id-shape";
import { cursorSchema, includeTotalSchema, limitSchema } from "@/lib/paging";
import { unseenCharacter } from "@/lib/unseen";

export const SORTS = [
  "created_at",
  "-created_at",
  "name",
  "-name",
  "expires_at",
  "-expires_at",
  "last_used_at",
  "-last_used_at",
] as const;

const NOT_REVOKED: KeyStatus[] = KEY_STATUSES.filter((status) => status !== "revoked");

const MAX_SECONDS = 31_536_000;
const SECONDS_ERROR = "A whole number of seconds from 1 to 31536000.";

/** A span of up to a year, as whole seconds. */
const secondsSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,7}$/, { error: SECONDS_ERROR })
  .transform(Number)
  .refine((seconds) => seconds <= MAX_SECONDS, { error: SECONDS_ERROR })
  .meta({ type: "integer", pattern: undefined, minimum: 1, maximum: MAX_SECONDS });

/**
 * The query of `GET /v4/account/api-keys`, from the strings of the URL. A parameter that is unknown, repeated or not
 * spelled as documented is refused, so that a filter with a typing error cannot show everything.
 */
export const listKeysQuerySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema,
  status: z
    .string()
    .transform(statusesOf)
    .default(NOT_REVOKED)
    .meta({ description: "Comma-separated statuses; by default every one but `revoked`." }),
  environment: environmentSchema.optional().meta({ description: "Only keys of this one." }),
  region_id: idSchema.optional().meta({ description: "Only keys of this region." }),
  search: z
    .string()
    .trim()
    .max(MAX_SEARCH, { error: `At most ${MAX_SEARCH} characters.` })
    .refine((text) => unseenCharacter(text) === null, { error: "Remove invisible and control characters." })
    .transform((text) => text || undefined)
    .optional()
    .meta({ description: "A part of the name, in any case." }),
  created_by: z
    .string()
    .regex(CREATOR_ID_SHAPE, { error: "The id of a member (usr_…) or of a key (key_…)." })
    .optional()
    .meta({ description: "The member or the key that made them." }),
  expires_within: secondsSchema.optional().meta({
    description: "Seconds: only active keys that expire within that time from now.",
  }),
  unused_for: secondsSchema.optional().meta({
    description: "Seconds: only keys that were last used longer ago than that, or that were never used and are older.",
  }),
  sort: z.enum(SORTS).default("-created_at").meta({ description: "With `-`: descending." }),
  include_total: includeTotalSchema,
});

export type ListKeysQuery = z.output<typeof listKeysQuerySchema>;

function statusesOf(text: string, context: z.RefinementCtx): KeyStatus[] {
  const words = text.length > 100 ? [] : text.split(",");
  const statuses = KEY_STATUSES.filter((status) => words.includes(status));
  const isKnown = (word: string) => KEY_STATUSES.some((status) => status === word);
  if (statuses.length > 0 && words.every(isKnown)) return statuses;
  context.addIssue({ code: "custom", message: `A comma-separated list of ${KEY_STATUSES.join(", ")}.` });
  return z.NEVER;
}
