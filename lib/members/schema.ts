import { z } from "zod";
import { permissionSchema } from "@/lib/api-keys/schema";
import { passwordSchema } from "@/lib/auth/password-rules";
import { emailSchema, MAX_MEMBER_NAME } from "@/lib/organizations/schema";
import { pageSchema, someField } from "@/lib/paging";
import { nameSchema } from "@/lib/text";

const MEMBER_ID = /^usr_[0-9a-z]{24}$/;
export const memberParams = z.strictObject({ id: z.string().regex(MEMBER_ID) });

const name = nameSchema(MAX_MEMBER_NAME);
const role = z.enum(["owner", "admin", "developer", "viewer"], "The role is owner, admin, developer or viewer.");

/** A member's own limit: null = none beyond the role's; an empty list allows nothing. Sizes are judged first. */
function limit(item: z.ZodString, max: number) {
  return z
    .array(item, "A list, or null for no limit.")
    .max(max, { error: `At most ${max} entries.`, abort: true })
    .overwrite((list) => [...new Set(list)])
    .nullable()
    .optional();
}

const limits = {
  permissions: limit(permissionSchema, 500).meta({
    description: "What the member may hand out at most; null = what the role may.",
  }),
  subaccounts: limit(z.string().regex(/^sub_[0-9a-z]{24}$/, "A subaccount's id starts with sub_."), 1000).meta({
    description: "The subaccounts the member may act on; null = all.",
  }),
};

/** `POST /v4/account/members`. Limits that are left out are those of who invites. */
export const inviteMemberSchema = z
  .strictObject({ email: emailSchema, role, name: name.optional(), ...limits })
  .meta({ id: "InviteMember" });

/** `PATCH /v4/account/members/{id}`: what is left out stays. */
export const updateMemberSchema = z
  .strictObject({
    name: name.optional(),
    role: role.optional(),
    status: z.enum(["active", "deactivated"], "The status is active or deactivated.").optional(),
    ...limits,
  })
  .refine(someField.check, someField.error)
  .meta({ id: "UpdateMember" });

export type InviteMember = z.output<typeof inviteMemberSchema>;
export type UpdateMember = z.output<typeof updateMemberSchema>;

export const invitationParams = z.strictObject({ invitation_token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

/** `POST /v4/invitations/{invitation_token}/accept`. */
export const acceptInvitationSchema = z
  .strictObject({ name, password: passwordSchema })
  .meta({ id: "AcceptInvitation" });

export type AcceptInvitation = z.output<typeof acceptInvitationSchema>;

const memberFields = {
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  status: z.enum(["invited", "active", "deactivated"]),
  permissions: z.array(z.string()).nullable(),
  subaccounts: z.array(z.string()).nullable(),
  created_at: z.int(),
  last_sign_in_at: z.int().nullable(),
};

/** A member as every surface shows it. */
export const memberSchema = z.strictObject(memberFields).meta({ id: "Member" });

export type Member = z.output<typeof memberSchema>;

export const memberPageSchema = pageSchema(memberSchema, "MemberPage");

const link = {
  invitation_url: z
    .string()
    .meta({ description: "Shown this once. Whoever opens it within 7 days becomes the member." }),
};

export const invitedMemberSchema = z.strictObject({ ...memberFields, ...link }).meta({ id: "InvitedMember" });
export const invitationSchema = z.strictObject({ ...link, expires_at: z.int() }).meta({ id: "Invitation" });
