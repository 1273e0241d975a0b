import { z } from "zod";

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;

/** The query of a plain list: `limit` 1–100 (50), `cursor`, and `include_total`, since counting is not free. */
export const pageQuerySchema = z.strictObject({
  limit: z
    .string()
    .regex(/^[0-9]{1,3}$/, { error: `limit is a whole number from 1 to ${MAX_LIMIT}.`, abort: true })
    .transform(Number)
    .pipe(z.int().min(1, `limit is at least 1.`).max(MAX_LIMIT, `limit is at most ${MAX_LIMIT}.`))
    .default(DEFAULT_LIMIT),
  cursor: z.string().max(1000).optional(),
  include_total: z
    .enum(["true", "false"], { error: "include_total is true or false." })
    .transform((text) => text === "true")
    .default(false),
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
