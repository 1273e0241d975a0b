"use client";

import { createContext, useContext, useEffect, useRef } from "react";

/** What only the page that is shown can do. */
export type PageAction = "search-keys" | "create-key";

export type ShortcutsContext = {
  register: (action: PageAction, handler: () => void) => () => void;
  openPalette: () => void;
  openHelp: () => void;
};

const NOTHING = () => undefined;
const Context = createContext<ShortcutsContext>({
  register: () => NOTHING,
  openPalette: NOTHING,
  openHelp: NOTHING,
});

export const ShortcutsProvider = Context;
export const useShortcuts = (): ShortcutsContext => useContext(Context);

/** Lets this component do `action` for its shortcut and the command palette while it is shown. */
export function usePageAction(action: PageAction, handler: () => void): void {
  const { register } = useShortcuts();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => register(action, () => latest.current()), [register, action]);
}
