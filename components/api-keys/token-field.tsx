"use client";

import { useLayoutEffect, useRef } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Textarea } from "@/components/ui/textarea";

/** The token in full, on as many lines as it takes, selected as soon as it has the focus. */
export function TokenField({ token }: { token: string }) {
  const field = useRef<HTMLTextAreaElement>(null);

  // Not React's to hold: browsers and extensions may keep a removed element, and it must be empty by then.
  useLayoutEffect(() => {
    const element = field.current;
    if (element) element.value = token;
    return () => {
      if (element) element.value = "";
    };
  }, [token]);

  return (
    <div className="flex min-w-0 flex-col items-start gap-2 sm:flex-row">
      <Textarea
        ref={field}
        readOnly
        rows={2}
        aria-label="Token"
        autoComplete="off"
        spellCheck={false}
        onFocus={(event) => event.target.select()}
        className="min-h-10 resize-none break-all py-2.5 font-mono text-sm pointer-coarse:text-sm"
      />
      <CopyButton value={token} label="Copy token" target={field} variant="primary" size="lg" />
    </div>
  );
}
