"use client";

import { Keyboard, KeyRound, LogOut, Monitor, Moon, Plus, Search, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { statusLabel } from "@/components/api-keys/words";
import type { Command } from "@/components/palette/commands";
import { allPlaces, type Viewer } from "@/components/shell/places";
import { chooseTheme, THEMES } from "@/components/shell/theme";
import { useSignOut } from "@/components/shell/use-sign-out";
import type { ShortcutAction } from "@/components/shortcuts/shortcuts";
import type { ApiKey } from "@/lib/api-keys/view";

/** What the palette offers to everyone, and how a found key becomes one of its lines. */
export function useCommands(viewer: Viewer, onRun: (action: ShortcutAction) => void) {
  const router = useRouter();
  const leave = useSignOut();
  const places = allPlaces(viewer).map(
    ({ href, label, icon }): Command => ({ id: href, group: "Go to", label, icon, run: () => router.push(href) }),
  );
  const themes = THEMES.map(
    (theme): Command => ({
      ...{ id: theme, group: "Theme", label: `${THEME_LABELS[theme]} theme`, icon: THEME_ICONS[theme] },
      run: () => chooseTheme(theme),
    }),
  );
  const keyActions: Command[] = [
    {
      ...{ id: "create", group: "Do", label: "Create an API key", keywords: "new add token", icon: Plus },
      refusal: viewer.role === "viewer" ? "Viewers cannot create API keys" : null,
      run: () => onRun("create-key"),
    },
    {
      ...{ id: "search", group: "Do", label: "Search the API keys", keywords: "find filter", icon: Search },
      run: () => onRun("search-keys"),
    },
  ];
  const others: Command[] = [
    {
      ...{ id: "help", group: "Do", label: "Show the keyboard shortcuts", keywords: "help keys", icon: Keyboard },
      run: () => onRun("help"),
    },
    {
      ...{ id: "leave", group: "Do", label: "Sign out", keywords: "log out leave", icon: LogOut },
      run: () => void leave(),
    },
  ];
  const keyCommand = ({ id, name, status, token_preview }: ApiKey): Command => ({
    ...{ id, group: "API keys", label: name, detail: `${statusLabel(status)} · ${token_preview}`, icon: KeyRound },
    run: () => router.push(`/api-keys/${id}`),
  });
  return { commands: [...places, ...(viewer.bootstrapped ? keyActions : []), ...others, ...themes], keyCommand };
}

const THEME_LABELS = { system: "System", light: "Light", dark: "Dark" };
const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };
