"use client";

import { useEffect, useEffectEvent, useRef } from "react";

type LeaveGuard = {
  /** Back was pressed; the page stays. */
  onBack: () => void;
  /** The page goes away for good or into the browser's back-forward cache. */
  onGone: () => void;
};

/**
 * While mounted, Back stays on this page and a reload or closing asks first. Back is caught with one extra history
 * entry of the same address; it is taken off again when the guard ends.
 */
export function useLeaveGuard({ onBack, onGone }: LeaveGuard): void {
  const removal = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const back = useEffectEvent(onBack);
  const gone = useEffectEvent(onGone);

  useEffect(() => {
    const push = () => history.pushState(history.state, "", location.href);
    const handleBack = () => {
      push();
      back();
    };
    const handleUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const handleGone = () => gone();

    // React's strict mode mounts twice: the entry of the first time is still there.
    if (removal.current === undefined) push();
    clearTimeout(removal.current);
    window.addEventListener("popstate", handleBack);
    window.addEventListener("beforeunload", handleUnload);
    window.addEventListener("pagehide", handleGone);
    return () => {
      window.removeEventListener("popstate", handleBack);
      window.removeEventListener("beforeunload", handleUnload);
      window.removeEventListener("pagehide", handleGone);
      removal.current = setTimeout(() => history.back());
    };
  }, []);
}
