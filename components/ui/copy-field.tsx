"use client";

import { useRef } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";

type CopyFieldProps = { value: string; label: string; copyLabel?: string };

/** A value in full, in a field that can be selected, with a button that copies it. */
export function CopyField({ value, label, copyLabel = "Copy" }: CopyFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="flex min-w-0 flex-wrap gap-2 sm:flex-nowrap">
      <Input
        ref={input}
        readOnly
        value={value}
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        onFocus={(event) => event.target.select()}
        className="h-10 font-mono text-sm"
      />
      <CopyButton value={value} label={copyLabel} target={input} variant="primary" size="lg" />
    </div>
  );
}
