"use client";

import { useEffect, useRef } from "react";
import { Alert } from "@/components/ui/alert";

type FormAlertProps = { alert: { title: string; details: string[] } | null };

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
      </Alert>
    </div>
  );
}
