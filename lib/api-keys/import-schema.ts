import { z } from "zod";
import { DIGEST_LENGTH, hasOurPrefix, IMPORT_ALGORITHMS } from "@/lib/api-keys/imported-token";
import { createKeySchema } from "@/lib/api-keys/schema";

/** Keys in one request. */
export const MAX_IMPORT = 1000;
/** What a thousand keys with a few grants each need. */
export const MAX_IMPORT_BYTES = 512 * 1024;

const digestSchema = z
  .strictObject({
    algorithm: z.enum(IMPORT_ALGORITHMS, { error: "The algorithm is sha256 or sha512." }),
    hex: z.string({ error: "Expected the digest in hexadecimal." }).regex(/^[0-9A-Fa-f]*$/, {
      error: "The digest is written in hexadecimal.",
    }),
  })
  .refine(({ algorithm, hex }) => hex.length === DIGEST_LENGTH[algorithm], {
    path: ["hex"],
    error: "A SHA-256 digest has 64 hexadecimal characters, a SHA-512 digest 128.",
    params: { code: "wrong_length" },
  });

/** One key to import: as on create, with the digest of its token instead of a new one. */
export const importKeySchema = createKeySchema
  .safeExtend({
    digest: digestSchema.meta({ description: "Of the whole token as the client sends it, in UTF-8." }),
    prefix: z
      .string({ error: "Expected the beginning of the token as text." })
      .regex(/^[A-Za-z0-9_.-]{1,20}$/, { error: "1 to 20 letters, digits, dots, dashes and underscores." })
      .refine((prefix) => !hasOurPrefix(prefix), {
        error: "Tokens that begin like this are made here. Create a key instead.",
        params: { code: "reserved_prefix" },
      })
      .meta({ description: "How the product's tokens begin, such as acme_live_. For the preview." }),
    last_characters: z
      .string()
      .regex(/^[\x21-\x7e]{1,4}$/, { error: "1 to 4 visible characters." })
      .optional()
      .meta({ description: "How this token ends. For the preview." }),
  })
  .meta({ id: "ImportApiKey" });

export type ImportKey = z.output<typeof importKeySchema>;

const keysOf = <T extends z.ZodType>(key: T) =>
  z
    .array(key, { error: "Expected a list of keys." })
    .min(1, { error: "At least one key." })
    .max(MAX_IMPORT, { error: `At most ${MAX_IMPORT} keys.` });

/** `POST /v4/account/api-keys/import`. A line that cannot be read is answered in its place, so it is not judged here. */
export const importSchema = z.strictObject({ keys: keysOf(z.unknown()) });

/** The same as clients should write it. */
export const documentedImportSchema = z.strictObject({ keys: keysOf(importKeySchema) }).meta({ id: "ImportApiKeys" });

export const importResultSchema = z
  .strictObject({
    imported: z.int().meta({ description: "How many of the lines were." }),
    results: z.array(
      z.strictObject({
        index: z.int().meta({ description: "The line's place in the request, from 0." }),
        ok: z.boolean(),
        id: z.string().nullable(),
        code: z.string().nullable(),
        detail: z.string().nullable(),
        errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })),
        exceeding: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  })
  .meta({ id: "ImportResult" });

export type ImportResult = z.output<typeof importResultSchema>["results"][number];
