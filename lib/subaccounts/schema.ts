import { z } from "zod";
import { pageSchema, someField } from "@/lib/paging";
import { descriptionSchema, nameSchema } from "@/lib/text";

const SUBACCOUNT_ID = /^sub_[0-9a-z]{24}$/;
export const subaccountParams = z.strictObject({ id: z.string().regex(SUBACCOUNT_ID) });

const name = nameSchema(100);
const externalId = descriptionSchema(128)
  .optional()
  .meta({ description: "The customer's or project's id in your own system; unique in the organization." });

/** `POST /v4/account/subaccounts`. */
export const createSubaccountSchema = z
  .strictObject({ name, external_id: externalId })
  .meta({ id: "CreateSubaccount" });

/** `PATCH /v4/account/subaccounts/{id}`: what is left out stays, null clears `external_id`. */
export const updateSubaccountSchema = z
  .strictObject({ name: name.optional(), external_id: externalId })
  .refine(someField.check, someField.error)
  .meta({ id: "UpdateSubaccount" });

export type CreateSubaccount = z.output<typeof createSubaccountSchema>;
export type UpdateSubaccount = z.output<typeof updateSubaccountSchema>;

/** A subaccount as every surface shows it. */
export const subaccountSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    external_id: z.string().nullable(),
    created_at: z.int(),
    updated_at: z.int(),
  })
  .meta({ id: "Subaccount" });

export type Subaccount = z.output<typeof subaccountSchema>;

export const subaccountPageSchema = pageSchema(subaccountSchema, "SubaccountPage");
