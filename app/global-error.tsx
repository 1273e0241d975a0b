"use client";

import ErrorPage from "@/app/error";
import type { ErrorMessageProps } from "@/components/shell/error-message";
import "./globals.css";

/** Stands in for the root layout when that itself fails; the theme is the system's then. */
export default function GlobalError(props: ErrorMessageProps) {
  return (
    <html lang="en">
      <head>
        <title>Problem · Latchkey</title>
      </head>
      <body>
        <ErrorPage {...props} />
      </body>
    </html>
  );
}
