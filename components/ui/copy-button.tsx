"use client";

import { Check, Copy } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { type CopyResult, copyText } from "@/components/ui/copy";
import { IconButton } from "@/components/ui/icon-button";

type CopyButtonProps = Pick<ButtonProps, "variant" | "size" | "className"> & {
  value: string;
  label?: string;
  /** Only the icon; the label becomes its name and tooltip. */
  iconOnly?: boolean;
  /** What shows the value: selected where the browser has no clipboard. */
  target?: RefObject<HTMLElement | null>;
};

const MESSAGES: Record<CopyResult, string> = {
  copied: "Copied",
  selected: "Selected: press Ctrl+C or ⌘C",
  failed: "Not copied: the browser refused",
};

/** Copies `value` and confirms it in words, on the button and to screen readers. */
export function CopyButton({ value, label = "Copy", iconOnly = false, target, ...props }: CopyButtonProps) {
  const [result, setResult] = useState<CopyResult | null>(null);

  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => setResult(null), result === "copied" ? 2000 : 6000);
    return () => clearTimeout(timer);
  }, [result]);

  const copy = async () => setResult(await copyText(value, target?.current ?? null));
  const icon = result === "copied" ? <Check aria-hidden className="text-success-text" /> : <Copy aria-hidden />;
  const message = result ? MESSAGES[result] : null;

  return (
    <>
      {iconOnly ? (
        <IconButton {...props} label={label} onClick={copy}>
          {icon}
        </IconButton>
      ) : (
        <Button {...props} onClick={copy}>
          {props.variant === "primary" && result === "copied" ? <Check aria-hidden /> : icon}
          {message ?? label}
        </Button>
      )}
      <span role="status" className="sr-only">
        {message}
      </span>
    </>
  );
}
