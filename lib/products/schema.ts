import { z } from "zod";
import { productActionSchema, productIdSchema } from "@/lib/organizations/catalogue";
import { pageSchema, someField } from "@/lib/paging";
import { descriptionSchema, nameSchema } from "@/lib/text";

export const productParams = z.strictObject({ id: productIdSchema });

const MAX_ACTIONS = 20;

const title = nameSchema(100, "title");
// A product always has a description, if an empty one: the same text, but never null.
const description = descriptionSchema(500).in.unwrap().optional();
const actions = z
  .array(productActionSchema, "List the actions, such as read, write and delete.")
  .min(1, { error: "A product has at least one action.", abort: true })
  .max(MAX_ACTIONS, { error: `A product has at most ${MAX_ACTIONS} actions.`, abort: true })
  .overwrite((list) => [...new Set(list)]);

/** `POST /v4/account/products`. */
export const createProductSchema = z
  .strictObject({ id: productIdSchema, title, description, actions })
  .meta({ id: "CreateProduct" });

/** `PATCH /v4/account/products/{id}`: what is left out stays; the id is for good. */
export const updateProductSchema = z
  .strictObject({
    title: title.optional(),
    description,
    actions: actions.optional(),
    retired: z
      .boolean("retired is true or false.")
      .optional()
      .meta({ description: "A retired product's permissions go on working but cannot be granted anew." }),
  })
  .refine(someField.check, someField.error)
  .meta({ id: "UpdateProduct" });

export type CreateProduct = z.output<typeof createProductSchema>;
export type UpdateProduct = z.output<typeof updateProductSchema>;

/** A product as every surface shows it. */
export const productSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    actions: z.array(z.string()),
    retired_at: z.int().nullable(),
  })
  .meta({ id: "Product" });

export type Product = z.output<typeof productSchema>;

export const productPageSchema = pageSchema(productSchema, "ProductPage");
