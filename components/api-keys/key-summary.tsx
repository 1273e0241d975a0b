"use client";

import { useWatch } from "react-hook-form";
import { expiryOf } from "@/components/api-keys/expiry-choice";
import { useKeyFields } from "@/components/api-keys/key-form";
import type { PermissionChoice } from "@/components/api-keys/permission-groups";
import { summaryOf } from "@/components/api-keys/summary";

/** What the key will be able to do, in one sentence that follows the form. */
export function KeySummary({ choice }: { choice: PermissionChoice }) {
  const { control } = useKeyFields();
  const [permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires] = useWatch({
    control,
    name: ["permissions", "scopes", "all_subaccounts", "allowed_subaccounts", "allowed_ips", "expires_at"],
  });
  const expires_at = expiryOf(expires, Math.floor(Date.now() / 1000)) ?? null;
  const key = { permissions, scopes, all_subaccounts, allowed_subaccounts, allowed_ips, expires_at };
  const text = summaryOf(key, choice) ?? "Can do nothing yet: choose a permission or add a scope.";
  return (
    <p
      aria-live="polite"
      className="wrap-anywhere shrink-0 border-border border-t bg-surface-sunken px-5 py-2.5 text-sm"
    >
      <span className="sr-only">Summary: </span>
      {text}
    </p>
  );
}
