"use client";

import { getNonce, setNonce } from "get-nonce";

/**
 * Tells Radix the nonce of this document: its scroll lock adds a <style> element, which the CSP admits only with it.
 * Set while rendering, because a dialog may open in the same commit, and only once: a refresh renders the layout with
 * the nonce of another response, which this document's policy does not know.
 */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (typeof window !== "undefined" && !getNonce()) setNonce(nonce);
  return null;
}
