"use client";

import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";

type TooltipBubbleProps = {
  anchor: HTMLElement;
  onClose: () => void;
  onEnter: () => void;
  onLeave: () => void;
  children: ReactNode;
};

/** An open tooltip: above its anchor, below where there is no room, and gone with Escape or a scroll. */
export function TooltipBubble({ anchor, onClose, onEnter, onLeave, children }: TooltipBubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = useRef(onClose);
  useLayoutEffect(() => {
    close.current = onClose;
    if (bubble.current) place(bubble.current, anchor);
  });

  useEffect(() => {
    const shut = () => close.current();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      // Escape takes the tooltip away, not the dialog below it, which listens at the document.
      event.stopPropagation();
      shut();
    };
    const onScroll = (event: Event) => {
      if (event.target instanceof Node && event.target.contains(anchor)) shut();
    };
    window.addEventListener("keydown", onKey, true);
    document.addEventListener("scroll", onScroll, true);
    return () => {
      window.removeEventListener("keydown", onKey, true);
      document.removeEventListener("scroll", onScroll, true);
    };
  }, [anchor]);

  useEffect(() => {
    // What names itself by the same words is not described by them again.
    if (anchor.getAttribute("aria-label") === bubble.current?.textContent) return;
    const before = anchor.getAttribute("aria-describedby");
    anchor.setAttribute("aria-describedby", before ? `${before} ${id}` : id);
    return () => {
      if (before) anchor.setAttribute("aria-describedby", before);
      else anchor.removeAttribute("aria-describedby");
    };
  }, [anchor, id]);

  return createPortal(
    <div
      ref={bubble}
      id={id}
      role="tooltip"
      // A click on it is no click outside of the dialog that it belongs to.
      onPointerDown={(event) => event.stopPropagation()}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
      className="pointer-events-auto fixed top-0 left-0 z-50 max-w-72 animate-fade-in rounded-md border border-border bg-text px-2 py-1 text-surface text-xs shadow-overlay"
    >
      {children}
    </div>,
    document.body,
  );
}

const GAP = 6;
const EDGE = 8;

function place(bubble: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = bubble;
  const { clientWidth, clientHeight } = document.documentElement;
  const isBelow = at.top < height + GAP + EDGE && clientHeight - at.bottom > at.top;
  const x = (at.left + at.right - width) / 2;
  const y = isBelow ? at.bottom + GAP : at.top - height - GAP;
  bubble.style.left = `${Math.round(Math.max(EDGE, Math.min(x, clientWidth - width - EDGE)))}px`;
  bubble.style.top = `${Math.round(Math.max(EDGE, Math.min(y, clientHeight - height - EDGE)))}px`;
}
