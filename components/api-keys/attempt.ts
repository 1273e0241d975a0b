"use client";

import { useRef } from "react";

/**
 * Sends at most one request at a time and names it with an Idempotency-Key. The key stays the same while no answer
 * has come, so that a lost answer does not lead to a second effect; a definite answer ends it.
 */
export function useAttempt() {
  const running = useRef(false);
  const key = useRef<string | null>(null);

  return async function attempt<T extends { ok: boolean; problem?: { status: number } }>(
    send: (headers: { "idempotency-key": string }) => Promise<T>,
  ): Promise<T | null> {
    if (running.current) return null;
    running.current = true;
    key.current ??= newKey();
    const answer = await send({ "idempotency-key": key.current });
    running.current = false;
    const isDefinite =
      answer.ok || (answer.problem !== undefined && answer.problem.status > 0 && answer.problem.status < 500);
    if (isDefinite) key.current = null;
    return answer;
  };
}

/** 32 hexadecimal digits. Not randomUUID, which browsers keep from pages without https. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
