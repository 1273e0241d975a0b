import { createHmac, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "@/lib/audit/canonical";
import { derivedSecret } from "@/lib/env";
import { newId } from "@/lib/ids";

/** What an audit event says, but for its id and when it happened. */
export type EventContent = {
  organization_id: string;
  action: string;
  outcome: "done" | "denied";
  principal_type: "user" | "api_key" | "system";
  principal_id: string;
  principal_name: string;
  target_type: string;
  target_id: string;
  target_name: string;
  ip: string | null;
  request_id: string;
  changes: unknown;
};

/** An event as the log holds it. `at` is UTC with milliseconds, as text: the chain is over what is stored. */
export type StoredEvent = EventContent & { id: string; at: string };

const HALF = 12;
const RANGE = 36n ** BigInt(HALF);

/**
 * A new event's id. Half of it is random, the other half a MAC of the random half and of what the event says, under a
 * key that only instances have: who can write to the database, but lacks the master key, cannot make up an event.
 */
export function mintEventId(content: EventContent): string {
  const random = newId("evt").slice(0, -HALF);
  return random + macOf(random, content);
}

/** True if the event was written by an instance and still says what it said then. */
export function isGenuine({ id, at: _, ...content }: StoredEvent): boolean {
  const given = Buffer.from(id.slice(-HALF));
  const expected = Buffer.from(macOf(id.slice(0, -HALF), content));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function macOf(random: string, content: EventContent): string {
  const mac = createHmac("sha256", derivedSecret("audit-event")).update(random).update(canonicalJson(content)).digest();
  return (mac.readBigUInt64BE() % RANGE).toString(36).padStart(HALF, "0");
}

/** What stands before an organization's first seal. */
export const genesis = (organizationId: string): Buffer => keyedHash().update(organizationId).digest();

/**
 * The hash of the chain after `event`: of the hash before it and of the whole event as canonical JSON. Keyed, so that
 * who can rewrite the database, but lacks the master key, cannot make the chain fit again.
 */
export function sealOf(previous: Uint8Array, event: StoredEvent): Buffer {
  return keyedHash().update(previous).update(canonicalJson(event)).digest();
}

const keyedHash = () => createHmac("sha256", derivedSecret("audit-seal"));
