import { z } from "zod";
import { idSchema } from "@/lib/api-keys/schema";
import { momentSchema } from "@/lib/time-range";
import { INTERVALS } from "@/lib/usage/retention";

/** The query of `GET /v4/account/usage`. */
export const usageQuerySchema = z.strictObject({
  from: momentSchema
    .optional()
    .meta({ description: "Unix seconds; the interval that it falls in is the first. Default: 24 hours before `to`." }),
  to: momentSchema.optional().meta({ description: "Unix seconds, exclusive; at most now, which is the default." }),
  interval: z
    .enum(INTERVALS, { error: "The interval is minute, hour or day." })
    .default("hour")
    .meta({ description: "Of UTC. Minutes are kept for 7 days, hours for 90, days for two years." }),
  api_key_id: idSchema.optional().meta({ description: "Only this key." }),
});

export type UsageQuery = z.output<typeof usageQuerySchema>;

const counts = {
  allowed: z.int().meta({ description: "Requests that the key was allowed to make." }),
  denied: z
    .record(z.string(), z.int())
    .meta({ description: "Refused ones by their reason, as `/v4/verify` names it." }),
};

export const usageSchema = z
  .strictObject({
    data: z.array(z.strictObject({ at: z.int(), ...counts })).meta({
      description: "Every minute, hour or day of the range, those without a request too, oldest first.",
    }),
    total: z.strictObject({
      ...counts,
      previous_token: z
        .int()
        .meta({ description: "How many of them, allowed or denied, were made with an old token in its overlap." }),
    }),
  })
  .meta({ id: "Usage" });

export type Usage = z.output<typeof usageSchema>;
export type UsagePoint = Usage["data"][number];
