"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { callApi } from "@/components/api-client";
import type { OverlapExtension } from "@/components/key-page/overlap-extensions";
import { problemText } from "@/components/problem-text";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { RadioGroup } from "@/components/ui/radio-group";
import { Time } from "@/components/ui/time";
import { absoluteTime } from "@/components/ui/time-format";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";

type ExtendOverlapDialogProps = {
  apiKey: ApiKey;
  /** At least one. */
  extensions: readonly OverlapExtension[];
  onClose: () => void;
};

/** Gives an overlap in progress a later end. */
export function ExtendOverlapDialog({ apiKey, extensions, onClose }: ExtendOverlapDialogProps) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [chosen, setChosen] = useState(String(extensions[0]?.seconds));
  const [error, setError] = useState<string | null>(null);
  const extend = () =>
    startTransition(async () => {
      setError(null);
      const path = `/v4/account/api-keys/${apiKey.id}/grace-period`;
      const answer = await callApi<ApiKey>("POST", path, { grace_period_seconds: Number(chosen) });
      if (!answer.ok) return setError(problemText(answer.problem));
      onClose();
      const end = answer.data.grace_period_ends_at;
      toast({ title: `The old token of ${apiKey.name} works until ${end === null ? "now" : absoluteTime(end)}` });
      router.refresh();
    });
  return (
    <AlertDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Extend the overlap of ${apiKey.name}?`}
      description="The old token goes on working beside the new one. Extend only if it has not leaked."
      tone="primary"
      confirmLabel="Extend overlap"
      onConfirm={extend}
      pending={pending}
      error={error}
    >
      <RadioGroup
        label="How long the overlap lasts from its start"
        options={extensions.map(({ seconds, label, ends_at, endsWithKey }) => ({
          value: String(seconds),
          label: endsWithKey ? "Until the key expires" : `${label} from its start`,
          description: (
            <>
              Ends <Time value={ends_at} format="minute" />
            </>
          ),
        }))}
        value={chosen}
        onValueChange={setChosen}
      />
      <p className="text-sm text-text-muted">
        An overlap lasts 7 days at most and never longer than the key. It can be ended at any time.
      </p>
    </AlertDialog>
  );
}
