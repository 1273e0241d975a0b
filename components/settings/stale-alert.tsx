"use client";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

/** It was saved from elsewhere, perhaps another tab. Reload shows what was saved, in place of what was typed here. */
export function StaleAlert({ onReload }: { onReload: () => void }) {
  return (
    <Alert
      tone="warning"
      announce
      title="This was changed in the meantime"
      actions={<Button onClick={onReload}>Reload</Button>}
    >
      Nothing was saved, so that the other change is not overwritten. Reload shows it as it is now; your own changes
      have to be made again.
    </Alert>
  );
}
