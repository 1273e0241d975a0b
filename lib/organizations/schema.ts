import { z } from "zod";
import { passwordSchema, refinePasswordAgainstEmail } from "@/lib/auth/password-rules";
import { someField } from "@/lib/paging";
import { nameSchema } from "@/lib/text";

/** An e-mail address in the one form that it is stored and looked up in (NFKC, lower case). */
export const emailSchema = z
  .string("Enter an e-mail address.")
  .max(254, "An e-mail address has at most 254 characters.")
  .transform((text) => text.normalize("NFKC").trim().toLowerCase())
  .pipe(z.email("Enter an e-mail address, such as ada@example.com."));

/** The longest name of a member, in characters. */
export const MAX_MEMBER_NAME = 100;

const ownerFields = {
  organization: nameSchema(100),
  name: nameSchema(MAX_MEMBER_NAME),
  email: emailSchema,
  password: passwordSchema,
};

/** The first owner and their organization, as the set-up form asks for them. */
export const setupFormSchema = z.strictObject(ownerFields).superRefine(refinePasswordAgainstEmail);

/** `POST /v4/setup`. */
export const setupSchema = z
  .strictObject({ setup_token: z.string("The set-up link is incomplete.").min(1).max(200), ...ownerFields })
  .superRefine(refinePasswordAgainstEmail)
  .meta({ id: "Setup" });

export type SetupInput = z.input<typeof setupSchema>;

/** `PATCH /v4/account/organization`. */
export const updateOrganizationSchema = z
  .strictObject({ name: nameSchema(100).optional() })
  .refine(someField.check, someField.error)
  .meta({ id: "UpdateOrganization" });

/** `DELETE /v4/account/organization`: its name, typed, so that no slip ends everything. */
export const deleteOrganizationSchema = z
  .strictObject({ name: z.string("Type the organization's name.").max(600) })
  .meta({ id: "DeleteOrganization" });

/** The organization as every surface shows it. */
export const organizationSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    bootstrapped_at: z.int().nullable().meta({ description: "When API keys were set up; null until then." }),
    created_at: z.int(),
    updated_at: z.int(),
  })
  .meta({ id: "Organization" });

export type Organization = z.output<typeof organizationSchema>;

/** One version of the signing key, never the key itself. */
export const signingKeySchema = z
  .strictObject({
    version: z.int(),
    is_current: z.boolean().meta({ description: "New tokens are digested under this one." }),
    created_at: z.int(),
    retired_at: z
      .int()
      .nullable()
      .meta({ description: "Since then no token under it works, and none comes under it." }),
    tokens: z.int().meta({
      description:
        "Tokens whose digest was made under it, old ones in an overlap included, those of revoked keys not. Under a retired version: those that stopped working with it.",
    }),
  })
  .meta({ id: "SigningKey" });

export type SigningKeyVersion = z.output<typeof signingKeySchema>;

/** A version in a path. What cannot be one is no version. */
export const signingKeyParams = z.object({ version: z.string() });

/** `POST /v4/account/signing-keys/{version}/retire`. */
export const retireSigningKeySchema = z
  .strictObject({
    end_tokens: z
      .boolean()
      .default(false)
      .meta({ description: "Confirms that the tokens which are still under the version stop working, for good." }),
  })
  .meta({ id: "RetireSigningKey" });

export const signingKeyListSchema = z.strictObject({ data: z.array(signingKeySchema) }).meta({ id: "SigningKeyList" });
