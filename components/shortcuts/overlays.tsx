"use client";

import { CommandPalette } from "@/components/palette/command-palette";
import type { Viewer } from "@/components/shell/places";
import { HelpSheet } from "@/components/shortcuts/help-sheet";
import { type ShortcutAction, shortcutsFor } from "@/components/shortcuts/shortcuts";

export type OverlayName = "help" | "palette";

type OverlaysProps = {
  viewer: Viewer;
  overlay: OverlayName | null;
  enabled: boolean;
  onOverlay: (overlay: OverlayName | null) => void;
  onEnable: (enabled: boolean) => void;
  onRun: (action: ShortcutAction) => void;
};

/** What the shortcuts open over the page. */
export function Overlays({ viewer, overlay, enabled, onOverlay, onEnable, onRun }: OverlaysProps) {
  const close = () => onOverlay(null);
  return (
    <>
      <HelpSheet
        open={overlay === "help"}
        shortcuts={shortcutsFor(viewer)}
        enabled={enabled}
        onEnable={onEnable}
        onClose={close}
      />
      <CommandPalette open={overlay === "palette"} viewer={viewer} onRun={onRun} onClose={close} />
    </>
  );
}
