import { createHash } from "node:crypto";
import { type JsonObject, type JsonValue, sql } from "@/lib/db";
import { AppError, validationFailed } from "@/lib/errors";
import type { MutationScope } from "@/lib/operation";

/** How a result is kept for a retry (without its token) and made again from what was kept. */
export type IdempotencySpec<T> = {
  /** The endpoint, where another one does the same: a retry is of one of them. */
  of?: string;
  save: (result: T) => JsonObject;
  replay: (saved: JsonValue) => T;
};

const KEPT_HOURS = 24;
const KEY_SHAPE = /^[\x21-\x7e]{16,128}$/;

/**
 * Runs `perform` at most once for a principal's `Idempotency-Key` within 24 h (draft-ietf-httpapi-idempotency-key).
 * The record commits with the change, so a crash leaves either both or neither; the lock that says "still running"
 * ends with the transaction, so nothing has to be cleaned up and it holds on every instance.
 */
export async function withIdempotency<T>(
  scope: MutationScope,
  action: string,
  raw: unknown,
  spec: IdempotencySpec<T>,
  perform: () => Promise<T>,
): Promise<T> {
  const key = scope.context.idempotencyKey;
  if (key === undefined) return perform();
  if (!KEY_SHAPE.test(key)) {
    const detail = "Idempotency-Key must be 16 to 128 visible ASCII characters.";
    throw validationFailed([{ pointer: "/Idempotency-Key", code: "invalid_idempotency_key", detail }]);
  }
  const { tx, principal } = scope;
  const id = { organization_id: principal.organization_id, principal_id: principal.id, idempotency_key: key };
  const lockName = `idempotency:${principal.organization_id}:${principal.id}:${key}`;
  const locking = tx.$queryRaw<{ free: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${lockName}, 0)) AS free`;
  const digest = new Uint8Array(
    createHash("sha256")
      .update(spec.of ?? action)
      .update(JSON.stringify(raw))
      .digest(),
  );
  const reading = tx.$queryRaw<{ request_digest: Uint8Array; response: JsonValue; fresh: boolean }[]>`
    SELECT request_digest, response, created_at > now() - make_interval(hours => ${KEPT_HOURS}::int) AS fresh
    FROM idempotency_records
    WHERE organization_id = ${id.organization_id} AND principal_id = ${id.principal_id} AND idempotency_key = ${key}`;
  const [[lock], [saved]] = await Promise.all([locking, reading]);
  if (!lock?.free)
    throw new AppError("idempotency_in_progress", "The first request with this Idempotency-Key is still running.");
  if (saved?.fresh) {
    if (Buffer.compare(saved.request_digest, digest) !== 0) {
      throw new AppError(
        "idempotency_conflict",
        "This Idempotency-Key was used within 24 hours for a different request.",
      );
    }
    return spec.replay(saved.response);
  }
  const result = await perform();
  tx.withCommit(sql`
    INSERT INTO idempotency_records (organization_id, principal_id, idempotency_key, request_digest, response)
    VALUES (${id.organization_id}, ${id.principal_id}, ${key}, ${digest}, ${JSON.stringify(spec.save(result))}::jsonb)
    ON CONFLICT (organization_id, principal_id, idempotency_key) DO UPDATE SET
      request_digest = excluded.request_digest, response = excluded.response, created_at = excluded.created_at`);
  return result;
}
