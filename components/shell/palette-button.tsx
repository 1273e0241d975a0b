"use client";

import { Search } from "lucide-react";
import { useModifierName } from "@/components/shortcuts/modifier-name";
import { useShortcuts } from "@/components/shortcuts/shortcuts-context";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";

/** Opens the command palette, for who does not know its shortcut yet. */
export function PaletteButton() {
  const { openPalette } = useShortcuts();
  const modifier = useModifierName();
  return (
    <Button
      aria-label="Search or go to"
      aria-keyshortcuts={modifier === "Ctrl" ? "Control+K" : "Meta+K"}
      onClick={openPalette}
      className="max-md:w-8 max-md:border-transparent max-md:bg-transparent max-md:px-0 max-md:shadow-none max-md:pointer-coarse:w-10"
    >
      <Search aria-hidden className="text-text-muted" />
      <span className="font-normal text-text-muted max-md:hidden">Search or go to</span>
      <span aria-hidden className="flex gap-1 max-md:hidden">
        <Kbd>{modifier}</Kbd>
        <Kbd>K</Kbd>
      </span>
    </Button>
  );
}
