"use client";

import { useSyncExternalStore } from "react";

/** False in the server's HTML and until React has taken over: a form must not be sent before its handler is there. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
