import { AppError } from "@/lib/errors";

/** A row's version as a strong entity tag (RFC 9110 section 8.8.3). */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * Throws 412 `version_mismatch` unless `ifMatch` (the header as sent; absent = any) names `version`. Weak tags never
 * match: If-Match compares strongly (RFC 9110 section 13.1.1).
 */
export function requireVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (tags.includes(etagOf(version))) return;
  throw new AppError(
    "version_mismatch",
    "It was changed after you read it. Read it again and repeat your change on the new version.",
  );
}
