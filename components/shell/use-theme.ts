"use client";

import { useSyncExternalStore } from "react";
import { type Theme, themeOf } from "@/components/shell/theme";

/** The theme that the page shows, wherever it was chosen; in the server's HTML the given one. */
export function useTheme(initial: Theme): Theme {
  return useSyncExternalStore(
    observe,
    () => themeOf(document.documentElement.dataset.theme),
    () => initial,
  );
}

function observe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
