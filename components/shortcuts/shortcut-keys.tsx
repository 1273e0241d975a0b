"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { rememberPreference } from "@/components/preference-cookie";
import type { Viewer } from "@/components/shell/places";
import { isOverlayOpen, isPaletteKey, isTaken } from "@/components/shortcuts/key-target";
import type { OverlayName, Overlays } from "@/components/shortcuts/overlays";
import { pressKey, SHORTCUTS_COOKIE, type ShortcutAction, shortcutsFor } from "@/components/shortcuts/shortcuts";
import { type PageAction, ShortcutsProvider } from "@/components/shortcuts/shortcuts-context";
import { useToast } from "@/components/ui/toast";

type ShortcutsProps = { viewer: Viewer; enabled: boolean; children: ReactNode };

/** The console's keyboard shortcuts, their help sheet and the command palette; both are fetched when first opened. */
export function Shortcuts({ viewer: { role, bootstrapped }, children, ...props }: ShortcutsProps) {
  const [enabled, setEnabled] = useState(props.enabled);
  const [overlay, setOverlay] = useState<OverlayName | null>(null);
  const [Loaded, setLoaded] = useState<typeof Overlays | null>(null);
  const { register, perform } = usePageActions();
  const router = useRouter();
  const toast = useToast();
  const viewer = useMemo(() => ({ role, bootstrapped }), [role, bootstrapped]);

  const open = useCallback(
    async (name: OverlayName) => {
      try {
        const module = await import("@/components/shortcuts/overlays");
        setLoaded(() => module.Overlays);
        // While it was fetched, a dialog may have been opened, perhaps with a token in it.
        if (!isOverlayOpen()) setOverlay(name);
      } catch {
        toast({
          tone: "danger",
          title: "This could not be loaded",
          description: "Check the connection and try again.",
        });
      }
    },
    [toast],
  );
  const run = useCallback(
    (action: ShortcutAction) => {
      if (action === "help") void open("help");
      else if (action === "search-keys" || action === "create-key") {
        if (!perform(action)) router.push("/api-keys");
      } else router.push(action);
    },
    [open, perform, router],
  );
  useShortcutKeys(viewer, enabled, run, open);

  const context = useMemo(
    () => ({ register, openPalette: () => void open("palette"), openHelp: () => void open("help") }),
    [register, open],
  );
  const enable = (next: boolean) => {
    setEnabled(next);
    rememberPreference(SHORTCUTS_COOKIE, next ? "on" : "off");
  };

  return (
    <ShortcutsProvider value={context}>
      {children}
      {Loaded ? (
        <Loaded
          viewer={viewer}
          overlay={overlay}
          enabled={enabled}
          onOverlay={setOverlay}
          onEnable={enable}
          onRun={run}
        />
      ) : null}
    </ShortcutsProvider>
  );
}

function useShortcutKeys(
  viewer: Viewer,
  enabled: boolean,
  run: (action: ShortcutAction) => void,
  open: (name: OverlayName) => void,
) {
  useEffect(() => {
    const shortcuts = shortcutsFor(viewer);
    let pending: string | null = null;
    let pressedAt = 0;
    const press = (event: KeyboardEvent) => {
      if (isPaletteKey(event)) {
        event.preventDefault();
        open("palette");
        return;
      }
      if (!enabled || isTaken(event) || event.key === "Shift") return;
      const isLate = event.timeStamp - pressedAt > SEQUENCE_MS;
      const pressed = pressKey(shortcuts, isLate ? null : pending, event.key);
      pending = pressed.pending;
      pressedAt = event.timeStamp;
      if (pressed.action === null) return;
      event.preventDefault();
      run(pressed.action);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [viewer, enabled, run, open]);
}

/** The actions of the page that is shown. One that is wanted elsewhere waits a moment for the page that has it. */
function usePageActions() {
  const handlers = useRef(new Map<PageAction, () => void>());
  const wanted = useRef<{ action: PageAction; at: number } | null>(null);

  const register = useCallback((action: PageAction, handler: () => void) => {
    handlers.current.set(action, handler);
    if (wanted.current?.action === action) {
      const isFresh = performance.now() - wanted.current.at < WANTED_MS;
      wanted.current = null;
      if (isFresh) queueMicrotask(handler);
    }
    return () => {
      if (handlers.current.get(action) === handler) handlers.current.delete(action);
    };
  }, []);
  /** False if no component on this page does it. */
  const perform = useCallback((action: PageAction): boolean => {
    const handler = handlers.current.get(action);
    wanted.current = handler ? null : { action, at: performance.now() };
    handler?.();
    return handler !== undefined;
  }, []);
  return { register, perform };
}

const SEQUENCE_MS = 1500;
const WANTED_MS = 10_000;
