"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { THEMES, type Theme } from "@/components/shell/theme";
import { DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem } from "@/components/ui/dropdown-menu";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: "System", light: "Light", dark: "Dark" };

type ThemeChoiceProps = { theme: Theme; onThemeChange: (theme: Theme) => void };

/** The theme as a part of the profile menu; choosing keeps the menu open, so that the themes can be compared. */
export function ThemeChoice({ theme, onThemeChange }: ThemeChoiceProps) {
  return (
    <DropdownMenuRadioGroup value={theme} aria-label="Theme">
      <DropdownMenuLabel>Theme</DropdownMenuLabel>
      {THEMES.map((option) => {
        const Icon = ICONS[option];
        return (
          <DropdownMenuRadioItem
            key={option}
            value={option}
            onSelect={(event) => {
              event.preventDefault();
              onThemeChange(option);
            }}
          >
            <Icon aria-hidden className="text-text-muted" />
            {LABELS[option]}
          </DropdownMenuRadioItem>
        );
      })}
    </DropdownMenuRadioGroup>
  );
}
