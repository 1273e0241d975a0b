import { z } from "zod";
import { pageSchema, someField } from "@/lib/paging";
import { descriptionSchema, nameSchema } from "@/lib/text";

const REGION_ID = /^reg_[0-9a-z]{24}$/;
export const regionParams = z.strictObject({ id: z.string().regex(REGION_ID) });

const name = nameSchema(64);
const description = descriptionSchema(500).optional();
const alwaysKeepOne = z
  .boolean("always_keep_one_active_key is true or false.")
  .meta({ description: "The last active key of the region cannot be deleted, disabled or revoked on any surface." });

/** `POST /v4/account/regions`. */
export const createRegionSchema = z
  .strictObject({ name, description, always_keep_one_active_key: alwaysKeepOne.default(false) })
  .meta({ id: "CreateRegion" });

/** `PATCH /v4/account/regions/{id}`: what is left out stays. Another region ceases to be the default by itself. */
export const updateRegionSchema = z
  .strictObject({
    name: name.optional(),
    description,
    always_keep_one_active_key: alwaysKeepOne.optional(),
    is_default: z.literal(true, "is_default can only be set: make another region the default instead.").optional(),
  })
  .refine(someField.check, someField.error)
  .meta({ id: "UpdateRegion" });

export type CreateRegion = z.output<typeof createRegionSchema>;
export type UpdateRegion = z.output<typeof updateRegionSchema>;

/** A region as every surface shows it. */
export const regionSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    always_keep_one_active_key: z.boolean(),
    is_default: z.boolean().meta({ description: "Where a key goes that names no region." }),
    created_at: z.int(),
    updated_at: z.int(),
  })
  .meta({ id: "Region" });

export type Region = z.output<typeof regionSchema>;

export const regionPageSchema = pageSchema(regionSchema, "RegionPage");
