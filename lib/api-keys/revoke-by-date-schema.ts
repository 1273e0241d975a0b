import { z } from "zod";
import { MAX_UNIX_SECONDS } from "@/lib/clock";
import { ERRORS, type ErrorCode } from "@/lib/errors";

/** Unix seconds in a body; what is too large was meant as milliseconds. */
const momentSchema = z
  .int({ error: "Expected whole Unix seconds as a number, such as 1795170000." })
  .refine((seconds) => seconds >= 1, { error: "Expected a moment after 1970.", params: { code: "too_early" } })
  .refine((seconds) => seconds <= MAX_UNIX_SECONDS, {
    error: "This looks like milliseconds. Times are Unix seconds.",
    params: { code: "looks_like_milliseconds" },
  });

const MOMENTS = ["issued_after", "issued_before", "changed_after"] as const;

/** `POST /v4/account/api-keys/revoke-by-date`. Of several moments all must hold. */
export const revokeByDateSchema = z
  .strictObject({
    issued_after: momentSchema.optional().meta({
      description: "Keys with a token that was issued (created, regenerated or imported) at this moment or later.",
    }),
    issued_before: momentSchema.optional().meta({
      description: "Keys with a token that was issued before this moment, an old token in its overlap included.",
    }),
    changed_after: momentSchema
      .optional()
      .meta({ description: "Keys that anything was changed of at this moment or later, their creation included." }),
    dry_run: z.boolean().default(false).meta({ description: "Only says which keys it would be." }),
  })
  .refine((body) => MOMENTS.some((moment) => body[moment] !== undefined), {
    error: "Give at least one of issued_after, issued_before and changed_after.",
    params: { code: "required" },
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ issued_after: after, issued_before: before }) => !(after && before && after >= before), {
    path: ["issued_before"],
    error: "issued_before must be later than issued_after: between them lies what is revoked.",
    params: { code: "invalid_range" },
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ id: "RevokeByDate" });

export type RevokeByDate = z.output<typeof revokeByDateSchema>;

export const revokedByDateSchema = z
  .strictObject({
    matching: z.int().meta({ description: "Keys that were not revoked yet and that the moments name." }),
    ids: z
      .array(z.string())
      .meta({ description: "The keys revoked by this request; for a dry run, the first that would be." }),
    first: z
      .array(z.strictObject({ id: z.string(), name: z.string(), token_preview: z.string() }))
      .meta({ description: "For a dry run, the first ten of them by name." }),
    kept: z
      .array(
        z.strictObject({
          id: z.string(),
          code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
          detail: z.string(),
        }),
      )
      .meta({ description: "Keys that a rule keeps, such as a region's last active one." }),
    remaining: z.int().meta({ description: "Keys that are still to be revoked: send the request again." }),
  })
  .meta({ id: "RevokedByDate" });

export type RevokedByDate = z.output<typeof revokedByDateSchema>;
