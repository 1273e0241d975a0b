import { z } from "zod";

/** How many rows a page has at most, as every list reads it. Of a query all is text; the document tells what it means. */
export const limitSchema = z
  .string()
  .regex(/^(?:[1-9][0-9]?|100)$/, { error: "A whole number from 1 to 100." })
  .transform(Number)
  .default(50)
  .meta({ type: "integer", pattern: undefined, minimum: 1, maximum: 100, default: 50 });

/** Any text: whether it is a cursor of the list, and not 400 `invalid_cursor`, is found out by opening it. */
export const cursorSchema = z.string().optional().meta({ description: "The `next_cursor` of the page before." });

/** Counting is not free. */
export const includeTotalSchema = z
  .enum(["true", "false"], { error: "Either true or false." })
  .transform((text) => text === "true")
  .default(false)
  .meta({ description: "Counting is not free: `total` is null without it." });

/** The query of a plain list. */
export const pageQuerySchema = z.strictObject({
  limit: limitSchema,
  cursor: cursorSchema,
  include_total: includeTotalSchema,
});

export type PageQuery = z.output<typeof pageQuerySchema>;

/** One page of a list. `total` is null unless it was asked for. */
export type Page<T> = { data: T[]; next_cursor: string | null; total: number | null };

/** The envelope of a page of `item`, named `id` in the OpenAPI document. */
export function pageSchema<T extends z.ZodType>(item: T, id: string) {
  return z
    .strictObject({ data: z.array(item), next_cursor: z.string().nullable(), total: z.int().nullable() })
    .meta({ id });
}

/** A page of what `convert` makes of its rows. */
export function mapPage<R, T>(page: Page<R>, convert: (row: R) => T): Page<T> {
  return { ...page, data: page.data.map(convert) };
}

/** For a change that leaves out what stays as it is: an empty one is a mistake worth telling. */
export const someField = {
  check: (change: object): boolean => Object.values(change).some((value) => value !== undefined),
  error: { error: "Send at least one field.", params: { code: "no_change" } },
};
