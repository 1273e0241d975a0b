import type { Route } from "next";
import type { Viewer } from "@/components/shell/places";

export type ShortcutAction = "search-keys" | "create-key" | "help" | Route;
export type Shortcut = {
  action: ShortcutAction;
  /** Pressed one after the other. */
  keys: readonly string[];
  label: string;
  needsBootstrap?: true;
  needsRight?: "create";
};

/** Single keys and sequences of two: WCAG 2.1.4 asks that they can be turned off. */
const SHORTCUTS: readonly Shortcut[] = [
  { action: "search-keys", keys: ["/"], label: "Search the API keys", needsBootstrap: true },
  { action: "create-key", keys: ["c"], label: "Create an API key", needsBootstrap: true, needsRight: "create" },
  { action: "/api-keys", keys: ["g", "k"], label: "Go to API Keys", needsBootstrap: true },
  { action: "/usage", keys: ["g", "u"], label: "Go to Usage" },
  { action: "/audit-log", keys: ["g", "a"], label: "Go to Audit log" },
  { action: "/settings", keys: ["g", "s"], label: "Go to Settings" },
  { action: "help", keys: ["?"], label: "Show the keyboard shortcuts" },
];

/** Those that lead somewhere for this member. */
export function shortcutsFor({ role, bootstrapped }: Viewer): Shortcut[] {
  return SHORTCUTS.filter(
    ({ needsBootstrap, needsRight }) => (bootstrapped || !needsBootstrap) && (role !== "viewer" || !needsRight),
  );
}

export type KeyPress = { action: ShortcutAction | null; pending: string | null };

/** What a key means after the `pending` one: an action, the start of a sequence, or nothing. */
export function pressKey(shortcuts: readonly Shortcut[], pending: string | null, key: string): KeyPress {
  const typed = pending === null ? [key] : [pending, key];
  const found = shortcuts.find(({ keys }) => keys.join() === typed.join());
  if (found) return { action: found.action, pending: null };
  if (pending !== null) return pressKey(shortcuts, null, key);
  return { action: null, pending: shortcuts.some(({ keys }) => keys.length > 1 && keys[0] === key) ? key : null };
}

export const SHORTCUTS_COOKIE = "lk_shortcuts";

/** On, unless this browser remembers that they were turned off. */
export const shortcutsEnabled = (cookie: string | undefined): boolean => cookie !== "off";
