import { z } from "zod";
import { passwordSchema, refinePasswordAgainstEmail } from "@/lib/auth/password-rules";
import { nameSchema } from "@/lib/text";

/** An e-mail address in the one form that it is stored and looked up in (NFKC, lower case). */
export const emailSchema = z
  .string("Enter an e-mail address.")
  .max(254, "An e-mail address has at most 254 characters.")
  .transform((text) => text.normalize("NFKC").trim().toLowerCase())
  .pipe(z.email("Enter an e-mail address, such as ada@example.com."));

const ownerFields = {
  organization: nameSchema(100),
  name: nameSchema(100),
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
