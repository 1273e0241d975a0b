"use client";

import { createContext, useContext } from "react";
import type { OptionalColumn } from "@/components/api-keys/column-choice";

const Context = createContext<readonly OptionalColumn[]>([]);

export const HiddenColumnsProvider = Context;

/** The columns that this member left out of the table; on phones the name's cell leaves them out too. */
export function useHiddenColumns(): readonly string[] {
  return useContext(Context);
}
