"use client";

import type { ReactNode } from "react";
import { StyleNonce } from "@/components/ui/style-nonce";
import { ToastProvider } from "@/components/ui/toast";

/** What the primitives need above them, once, in the root layout. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <>
      {nonce ? <StyleNonce nonce={nonce} /> : null}
      <ToastProvider>{children}</ToastProvider>
    </>
  );
}
