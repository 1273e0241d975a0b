"use client";

import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { TooltipBubble } from "@/components/ui/tooltip-bubble";

type Handlers = {
  onPointerEnter?: (event: PointerEvent<HTMLElement>) => void;
  onPointerLeave?: (event: PointerEvent<HTMLElement>) => void;
  onPointerDown?: (event: PointerEvent<HTMLElement>) => void;
  onFocus?: (event: FocusEvent<HTMLElement>) => void;
  onBlur?: (event: FocusEvent<HTMLElement>) => void;
};

type TooltipProps = { content: ReactNode; children: ReactElement<Handlers> };

/**
 * A short text above `children`, which is one focusable element, on hover and on focus. Never the only place of a
 * fact. A closed one is nothing but handlers: tables have hundreds.
 */
export function Tooltip({ content, children }: TooltipProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const show = (element: HTMLElement, delay: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnchor(element), delay);
  };
  const hide = (delay = 0) => {
    clearTimeout(timer.current);
    if (anchor) lastShownAt = performance.now();
    // Long enough for the pointer to get from the element onto the text.
    if (delay > 0) timer.current = setTimeout(() => setAnchor(null), delay);
    else setAnchor(null);
  };
  const given = children.props;

  return (
    <>
      {cloneElement(children, {
        onPointerEnter(event) {
          given.onPointerEnter?.(event);
          if (event.pointerType !== "touch") show(event.currentTarget, delayNow());
        },
        onPointerLeave(event) {
          given.onPointerLeave?.(event);
          hide(LEAVE_MS);
        },
        onPointerDown(event) {
          given.onPointerDown?.(event);
          hide();
        },
        onFocus(event) {
          given.onFocus?.(event);
          if (event.currentTarget.matches(":focus-visible")) show(event.currentTarget, 0);
        },
        onBlur(event) {
          given.onBlur?.(event);
          hide();
        },
      })}
      {anchor ? (
        <TooltipBubble
          anchor={anchor}
          onClose={() => hide()}
          onEnter={() => clearTimeout(timer.current)}
          onLeave={() => hide(LEAVE_MS)}
        >
          {content}
        </TooltipBubble>
      ) : null}
    </>
  );
}

const DELAY_MS = 400;
const LEAVE_MS = 120;
/** Going from one element to the next, nobody waits again. */
const SKIP_DELAY_MS = 300;
let lastShownAt = Number.NEGATIVE_INFINITY;

const delayNow = (): number => (performance.now() - lastShownAt < SKIP_DELAY_MS ? 0 : DELAY_MS);
