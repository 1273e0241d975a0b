import { z } from "zod";
import { passwordSchema } from "@/lib/auth/password-rules";

export const sessionParams = z.strictObject({ id: z.string().regex(/^ses_[0-9a-z]{24}$/) });

/** `POST /v4/account/password`. */
export const changePasswordSchema = z
  .strictObject({
    current_password: z
      .string("Enter your current password.")
      .min(1, "Enter your current password.")
      .max(1024, "That is longer than any password here."),
    new_password: passwordSchema,
  })
  .meta({ id: "ChangePassword" });

/** One place where the member is signed in. */
export const sessionSchema = z
  .strictObject({
    id: z.string(),
    is_current: z.boolean().meta({ description: "The session that asked." }),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: z.int(),
    last_seen_at: z.int().meta({ description: "To the minute." }),
    expires_at: z.int(),
  })
  .meta({ id: "Session" });

export type Session = z.output<typeof sessionSchema>;

export const sessionListSchema = z
  .strictObject({
    data: z.array(sessionSchema).meta({ description: "The one that asked, then the latest used; at most 100." }),
    total: z.int(),
  })
  .meta({ id: "SessionList" });

export const endedSessionsSchema = z.strictObject({ ended: z.int() }).meta({ id: "EndedSessions" });
