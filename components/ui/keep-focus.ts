"use client";

import { useEffect, useLayoutEffect, useRef } from "react";

/**
 * Keeps the place of whoever works by keyboard when what had the focus goes away with a change of the page: the first
 * control of the row that came into its row's place, or of the last row; otherwise the page's heading. To be used by a
 * component that is drawn anew with that change.
 */
export function useKeptFocus(): void {
  const last = useRef<{ element: HTMLElement; row: number } | null>(null);

  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      // What floats above the page gives the focus back to the page by itself.
      if (target instanceof HTMLElement && !target.closest(OVERLAYS))
        last.current = { element: target, row: rowOf(target) };
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);

  useLayoutEffect(() => {
    if (!last.current || last.current.element.isConnected || document.activeElement !== document.body) return;
    const { row } = last.current;
    last.current = null;
    successor(row)?.focus();
  });
}

const OVERLAYS = "[role=dialog], [role=alertdialog], [role=menu]";

function rowOf(element: HTMLElement): number {
  const row = element.closest("main tbody tr");
  return row instanceof HTMLTableRowElement ? row.sectionRowIndex : -1;
}

function successor(row: number): HTMLElement | null {
  const rows = row < 0 ? [] : [...document.querySelectorAll<HTMLElement>("main tbody tr")];
  const next = rows[Math.min(row, rows.length - 1)];
  return next?.querySelector<HTMLElement>("input, a[href], button") ?? document.querySelector<HTMLElement>("main h1");
}
