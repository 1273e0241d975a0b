"use client";

import { Ban, Pencil, Power, PowerOff, RefreshCw, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useKeyRow } from "@/components/api-keys/key-row-context";
import { type KeyAction, refusalOf } from "@/components/api-keys/rights";
import { GuardedButton } from "@/components/ui/guarded-button";
import type { ApiKey } from "@/lib/api-keys/view";

/** What can be done with the key in its present state. What the member may not do stays in view and says why. */
export function KeyButtons({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.status === "revoked") {
    return (
      <KeyButton action="delete" apiKey={apiKey} icon={<Trash2 aria-hidden />}>
        Delete permanently
      </KeyButton>
    );
  }
  return (
    <>
      <KeyButton action="edit" apiKey={apiKey} icon={<Pencil aria-hidden />}>
        Edit
      </KeyButton>
      <KeyButton action="regenerate" apiKey={apiKey} icon={<RefreshCw aria-hidden />}>
        Regenerate
      </KeyButton>
      {apiKey.is_active ? (
        <KeyButton action="disable" apiKey={apiKey} icon={<PowerOff aria-hidden />}>
          Disable
        </KeyButton>
      ) : (
        <KeyButton action="reactivate" apiKey={apiKey} icon={<Power aria-hidden />}>
          Reactivate
        </KeyButton>
      )}
      <KeyButton action="revoke" apiKey={apiKey} icon={<Ban aria-hidden />}>
        Revoke
      </KeyButton>
    </>
  );
}

type KeyButtonProps = { action: KeyAction; apiKey: ApiKey; icon: ReactNode; children: string };

function KeyButton({ action, apiKey, icon, children }: KeyButtonProps) {
  const { viewer, onAction } = useKeyRow();
  return (
    <GuardedButton refusal={refusalOf(action, apiKey, viewer)} onClick={() => onAction(action, apiKey)}>
      {icon}
      {children}
    </GuardedButton>
  );
}
