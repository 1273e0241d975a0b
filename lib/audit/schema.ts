import { z } from "zod";
import { idSchema } from "@/lib/api-keys/schema";
import { ACTION_FILTER, AUDIT_OUTCOMES, PRINCIPAL_FILTER } from "@/lib/audit/actions";
import { cursorSchema, limitSchema } from "@/lib/paging";
import { momentSchema } from "@/lib/time-range";

/** The query of `GET /v4/account/audit-events`. */
export const auditQuerySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema,
  api_key_id: idSchema.optional().meta({ description: "What was done to this key, and what it did." }),
  action: z
    .string()
    .regex(ACTION_FILTER, {
      error: "An action such as api_key.created, or all of one kind: api_key.*",
    })
    .optional()
    .meta({ description: "`api_key.created`, or every action of a kind: `api_key.*`." }),
  outcome: z
    .enum(AUDIT_OUTCOMES, { error: "The outcome is done or denied." })
    .optional()
    .meta({ description: "`done`: what was changed; `denied`: what was refused." }),
  principal_id: z
    .string()
    .regex(PRINCIPAL_FILTER, { error: "This is not the id of a member or key, nor anonymous." })
    .optional()
    .meta({
      description: "What this member or key did. `anonymous`: refused sign-ins, which nobody was signed in for.",
    }),
  from: momentSchema.optional().meta({ description: "Unix seconds, inclusive." }),
  to: momentSchema.optional().meta({ description: "Unix seconds, exclusive." }),
});

export type AuditQuery = z.output<typeof auditQuerySchema>;

/** An event as every surface shows it. */
export const auditEventSchema = z
  .strictObject({
    id: z.string(),
    at: z.int(),
    action: z.string(),
    outcome: z.enum(AUDIT_OUTCOMES),
    principal: z.strictObject({ type: z.enum(["user", "api_key", "system"]), id: z.string(), name: z.string() }),
    target: z.strictObject({ type: z.string(), id: z.string(), name: z.string() }),
    ip: z.string().nullable(),
    request_id: z.string(),
    changes: z
      .record(z.string(), z.tuple([z.unknown(), z.unknown()]))
      .meta({ description: "Field → [before, after]. No secrets." }),
  })
  .meta({ id: "AuditEvent" });

export type AuditEvent = z.output<typeof auditEventSchema>;

export const auditPageSchema = z
  .strictObject({ data: z.array(auditEventSchema), next_cursor: z.string().nullable() })
  .meta({ id: "AuditEventList" });
