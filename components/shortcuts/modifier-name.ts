"use client";

import { useSyncExternalStore } from "react";
import { isMac } from "@/components/shortcuts/key-target";

/** "⌘" on a Mac, else "Ctrl", which is also what the server's HTML says. */
export function useModifierName(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => (isMac() ? "⌘" : "Ctrl"),
    () => "Ctrl",
  );
}
