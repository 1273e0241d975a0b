"use client";

import { useEffect, useRef } from "react";
import type { FormAlert } from "@/components/api-client";
import { Alert } from "@/components/ui/alert";

/** What is wrong with the form as a whole, at its top; brought into view and read out when it appears. */
export function FormAlertBox({ alert }: { alert: FormAlert | null }) {
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
