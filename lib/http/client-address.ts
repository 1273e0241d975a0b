import { timingSafeEqual } from "node:crypto";
import { matchesIpRules, parseAddress } from "@/lib/api-keys/ip-rules";

/** Set by server.ts: what marks an `x-latchkey-peer` header as its own. Absent under a host that is not ours. */
const store = globalThis as { __latchkeyPeerSecret?: string };

/**
 * The peer's address from the header that server.ts puts on requests that it hands to Next. Null when the header is
 * not server.ts's: under a foreign host the address is unknown, and keys with address rules are refused.
 */
export function peerFromHeader(header: string | null | undefined): string | null {
  const secret = store.__latchkeyPeerSecret;
  if (!secret || !header) return null;
  const dot = header.indexOf(".");
  const given = Buffer.from(header.slice(0, dot));
  const expected = Buffer.from(secret);
  if (dot < 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return header.slice(dot + 1);
}

/**
 * The address that counts as the client's, canonical, or null if it cannot be determined: the peer's own, unless the
 * peer is a trusted proxy; then `X-Forwarded-For` from the right, skipping trusted addresses.
 */
export function clientAddress(
  peer: string | null | undefined,
  forwardedFor: string | null | undefined,
  trustedProxies: readonly string[],
): string | null {
  let address = peer ? parseAddress(peer) : null;
  if (address === null || trustedProxies.length === 0 || !matchesIpRules(trustedProxies, address)) return address;
  const hops = forwardedFor ? forwardedFor.split(",") : [];
  while (hops.length > 0) {
    address = parseAddress((hops.pop() ?? "").trim());
    if (address === null || !matchesIpRules(trustedProxies, address)) return address;
  }
  return address;
}
