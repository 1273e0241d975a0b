"use client";

import { useRef } from "react";
import { CopyButton } from "@/components/ui/copy-button";

type CodeBlockProps = { code: string; label: string };

/** Code to read and copy; long lines scroll within it. */
export function CodeBlock({ code, label }: CodeBlockProps) {
  const text = useRef<HTMLElement>(null);
  return (
    <figure className="min-w-0 overflow-hidden rounded-md border border-border bg-surface-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-border border-b py-1 pr-1 pl-3 text-text-muted text-xs">
        {label}
        <CopyButton value={code} target={text} variant="ghost" size="sm" />
      </figcaption>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keyboard
        tabIndex={0}
        className="overflow-x-auto p-3 -outline-offset-2"
      >
        <pre className="font-mono text-xs leading-5">
          <code ref={text}>{code}</code>
        </pre>
      </section>
    </figure>
  );
}
