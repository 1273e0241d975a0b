"use client";

import { type ComponentProps, useEffect, useState } from "react";
import type { KeyDialogs } from "@/components/api-keys/key-dialogs";
import { useToast } from "@/components/ui/toast";

/**
 * The dialogs of a key, whose forms are a third of the page's JavaScript: fetched at the first sign that someone is
 * there, so that they are at hand when one is opened. All of them come at once: a token that was just made must never
 * wait for its dialog, least of all in vain.
 */
export function KeyDialogsLater(props: ComponentProps<typeof KeyDialogs>) {
  const { dialog, onDialog } = props;
  const [Dialogs, setDialogs] = useState(() => loaded);
  const toast = useToast();
  const isMissing = dialog !== null && Dialogs === null;

  useEffect(() => {
    // A failure here is nobody's yet: opening a dialog tries again.
    const fetchAhead = () => void load().then((component) => setDialogs(() => component), NOTHING);
    const stop = new AbortController();
    for (const sign of SIGNS) addEventListener(sign, fetchAhead, { once: true, passive: true, signal: stop.signal });
    return () => stop.abort();
  }, []);

  useEffect(() => {
    if (!isMissing) return;
    let isCurrent = true;
    load().then(
      (component) => isCurrent && setDialogs(() => component),
      () => {
        if (!isCurrent) return;
        onDialog(null);
        toast({ title: "The dialog could not be loaded", description: "Check the connection and try again." });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [isMissing, onDialog, toast]);

  return Dialogs ? <Dialogs {...props} /> : null;
}

const SIGNS = ["pointermove", "pointerdown", "keydown"] as const;
const NOTHING = (): void => undefined;

let loaded: typeof KeyDialogs | null = null;

async function load(): Promise<typeof KeyDialogs> {
  const module = await import("@/components/api-keys/key-dialogs");
  loaded = module.KeyDialogs;
  return loaded;
}
