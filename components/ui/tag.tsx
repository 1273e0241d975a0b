"use client";

import { CircleAlert, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { classNames } from "@/components/ui/class-names";

type TagProps = {
  text: string;
  invalid: boolean;
  /** One item of the list is a stop for Tab; the arrows reach the others. */
  focusable: boolean;
  onRemove: () => void;
  onMove: (step: 1 | -1) => void;
};

/** One item of a TagInput; its button removes it. */
export function Tag({ text, invalid, focusable, onRemove, onMove }: TagProps) {
  const handleKey = (event: KeyboardEvent) => {
    if (event.key === "Delete" || event.key === "Backspace") onRemove();
    else if (event.key === "ArrowLeft") onMove(-1);
    else if (event.key === "ArrowRight") onMove(1);
    else return;
    event.preventDefault();
  };

  return (
    <li
      className={classNames(
        "inline-flex h-6 min-w-0 max-w-full items-center gap-1 rounded-sm border pl-1.5 font-mono text-xs",
        invalid ? "border-danger-border bg-danger-subtle text-danger-text" : "border-border bg-surface-sunken",
      )}
    >
      {invalid ? <CircleAlert aria-hidden className="size-3" /> : null}
      <span className="truncate">{text}</span>
      <button
        type="button"
        data-tag
        aria-label={invalid ? `Remove ${text}, not valid` : `Remove ${text}`}
        tabIndex={focusable ? 0 : -1}
        onClick={onRemove}
        onKeyDown={handleKey}
        className="grid size-6 shrink-0 place-items-center rounded-sm text-text-muted -outline-offset-2 hover:bg-surface-hover hover:text-text"
      >
        <X aria-hidden className="size-3" />
      </button>
    </li>
  );
}
