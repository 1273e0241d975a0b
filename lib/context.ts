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
};
