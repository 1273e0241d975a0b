import type { Principal } from "@/lib/principal";

/** Everything an operation may know of the request that it serves. The first parameter of every operation. */
export type RequestContext<P extends Principal = Principal> = {
  principal: P;
  requestId: string;
  /** Canonical client address, or null when it cannot be determined. */
  ip: string | null;
  /** The `Idempotency-Key` header, unchecked. */
  idempotencyKey?: string | undefined;
  /** The `If-Match` header, unchecked. */
  ifMatch?: string | undefined;
  /** Where the change of this request is in force: filled in by the operation, of several by the slowest. */
  propagation?: Propagated | undefined;
};

/** So many instances act on a change, `ms` milliseconds after it was made. */
export type Propagated = { instances: number; ms: number };

/** One answer may speak of several changes: of the instances of the last, and the time of the slowest. */
export const slower = (before: Propagated | undefined, now: Propagated): Propagated => ({
  instances: now.instances,
  ms: Math.max(before?.ms ?? 0, now.ms),
});
