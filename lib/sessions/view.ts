import { toUnixSeconds } from "@/lib/clock";
import type { SessionRow } from "@/lib/sessions/repository";
import type { Session } from "@/lib/sessions/schema";

/** The record as JSON, without anything that the cookie's secret could be checked against. */
export function toSession(row: SessionRow, currentId: string): Session {
  return {
    id: row.id,
    is_current: row.id === currentId,
    ip: row.ip,
    user_agent: row.user_agent,
    created_at: toUnixSeconds(row.created_at),
    last_seen_at: toUnixSeconds(row.last_seen_at),
    expires_at: toUnixSeconds(row.expires_at),
  };
}
