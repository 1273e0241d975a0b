"use client";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

/** Someone else saved first. Reload shows what they saved, in place of what was typed here. */
export function StaleAlert({ onReload }: { onReload: () => void }) {
  return (
    <Alert
      tone="warning"
      announce
      title="Someone else changed this first"
      actions={<Button onClick={onReload}>Reload</Button>}
    >
      Nothing was saved, so that their change is not overwritten. Reload shows it as it is now; your own changes have to
      be made again.
    </Alert>
  );
}
