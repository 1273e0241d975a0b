"use client";

import { useEffect, useRef } from "react";
import { Alert } from "@/components/ui/alert";

type FormAlertProps = {
  alert: { title: string; details: string[]; links?: readonly { text: string; onSelect: () => void }[] } | null;
};

/**
 * What is wrong with a form as a whole, at its top; brought into view and read out when it appears. The errors of
 * single fields stand at their fields.
 */
export function FormAlert({ alert }: FormAlertProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (alert) box.current?.scrollIntoView({ block: "nearest" });
  }, [alert]);
  if (!alert) return null;
  return (
    <div ref={box}>
      <Alert tone="danger" announce title={alert.title}>
        {alert.details.length === 1 ? <p>{alert.details[0]}</p> : null}
        {alert.details.length > 1 ? (
          <ul className="list-disc pl-4">
            {alert.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        ) : null}
        {alert.links && alert.links.length > 0 ? (
          <ul className={alert.links.length > 1 ? "list-disc pl-4" : undefined}>
            {alert.links.map(({ text, onSelect }) => (
              <li key={text}>
                <button
                  type="button"
                  onClick={onSelect}
                  className="wrap-anywhere min-h-6 rounded-sm text-left underline decoration-border-strong underline-offset-4 hover:decoration-text"
                >
                  {text}
                </button>
              </li>
            ))}
          </ul>
        ) : null}
      </Alert>
    </div>
  );
}
