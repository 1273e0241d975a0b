"use client";

import { setNonce } from "get-nonce";

/**
 * Tells Radix the nonce of this page: its scroll lock adds a <style> element, which the CSP admits only with it.
 * Set while rendering, because a dialog may open in the same commit.
 */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (typeof window !== "undefined") setNonce(nonce);
  return null;
}
