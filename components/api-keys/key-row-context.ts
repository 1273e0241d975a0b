"use client";

import { createContext, useContext } from "react";
import type { KeyAction, KeyViewer } from "@/components/api-keys/rights";
import type { ApiKey } from "@/lib/api-keys/view";

/** What the cells of a row need beyond their key. */
export type KeyRowContext = {
  viewer: KeyViewer;
  regionNames: ReadonlyMap<string, string>;
  /** Unix seconds of the list's reading. */
  now: number;
  onAction: (action: KeyAction, key: ApiKey) => void;
};

const Context = createContext<KeyRowContext | null>(null);

export const KeyRowProvider = Context;

export function useKeyRow(): KeyRowContext {
  const context = useContext(Context);
  if (!context) throw new Error("A cell of the key table stands outside of it.");
  return context;
}
