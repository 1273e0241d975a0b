import { createHmac, timingSafeEqual } from "node:crypto";
import { derivedSecret } from "@/lib/env";
import { AppError } from "@/lib/errors";

const TAG_BYTES = 16;

/**
 * An opaque place in a list, given the values of the last row's sort columns. Sealed for `scope` (the organization,
 * the list and its order), so that a cursor of another list, or one made by hand, is refused rather than guessed at.
 */
export function sealCursor(scope: string, values: readonly string[]): string {
  const payload = Buffer.from(JSON.stringify(values));
  return Buffer.concat([tagOf(scope, payload), payload]).toString("base64url");
}

/** The values inside a cursor. Throws 400 `invalid_cursor` unless it was sealed here for the same scope. */
export function openCursor(scope: string, cursor: string): string[] {
  const bytes = Buffer.from(cursor, "base64url");
  const payload = bytes.subarray(TAG_BYTES);
  const canonical = bytes.toString("base64url") === cursor && bytes.length > TAG_BYTES;
  if (!canonical || !timingSafeEqual(bytes.subarray(0, TAG_BYTES), tagOf(scope, payload))) {
    throw new AppError("invalid_cursor", "The cursor is not one of this list. Start again without it.");
  }
  return JSON.parse(payload.toString()) as string[];
}

function tagOf(scope: string, payload: Buffer): Buffer {
  return createHmac("sha256", derivedSecret("cursor"))
    .update(`${scope}\0`)
    .update(payload)
    .digest()
    .subarray(0, TAG_BYTES);
}
