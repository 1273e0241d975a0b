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

// In a browser zod asks whether it may compile its validators, by trying to: the policy of pages refuses that and
// reports it. Set where zod reads it when it is loaded, since importing zod here would load it on every page.
if (typeof window !== "undefined") {
  const scope = globalThis as { __zod_globalConfig?: { jitless?: boolean } };
  scope.__zod_globalConfig = { ...scope.__zod_globalConfig, jitless: true };
}
