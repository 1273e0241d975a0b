"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState, useTransition } from "react";
import { StatusBadge } from "@/components/api-keys/key-cells";
import type { OpenDialog } from "@/components/api-keys/key-dialogs";
import { KeyDialogsLater } from "@/components/api-keys/key-dialogs-later";
import { KeyRowProvider } from "@/components/api-keys/key-row-context";
import type { KeysPanelProps } from "@/components/api-keys/keys-panel";
import type { KeyAction } from "@/components/api-keys/rights";
import { useReactivate } from "@/components/api-keys/use-reactivate";
import { KeyButtons } from "@/components/key-page/key-buttons";
import { PageHeader } from "@/components/shell/page-header";
import { useKeptFocus } from "@/components/ui/keep-focus";
import type { ApiKey } from "@/lib/api-keys/view";

type KeyFrameProps = Pick<KeysPanelProps, "options" | "lastActive" | "lastUsedFrom" | "now"> & {
  apiKey: ApiKey;
  breadcrumb: ReactNode;
  children: ReactNode;
};

/** The page of one key: its name, what can be done with it, and the dialogs for that. */
export function KeyFrame({ apiKey, breadcrumb, children, ...props }: KeyFrameProps) {
  const { options, now } = props;
  const router = useRouter();
  const [, startTransition] = useTransition();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const isDeleting = useRef(false);
  useKeptFocus();
  const regionNames = new Map(options.regions.map(({ id, name }) => [id, name]));

  // A key that is deleted permanently has no page any more.
  const refresh = () =>
    startTransition(() => (isDeleting.current ? router.push("/api-keys?status=revoked") : router.refresh()));
  const reactivate = useReactivate(refresh);
  const act = (action: KeyAction, key: ApiKey) => {
    isDeleting.current = action === "delete";
    if (action === "reactivate") reactivate(key);
    else setDialog({ kind: action, key });
  };

  return (
    <KeyRowProvider value={{ viewer: options.viewer, regionNames, now, onAction: act }}>
      <PageHeader
        title={
          <span className="inline-flex max-w-full flex-wrap items-center gap-x-3 gap-y-1">
            <span className="min-w-0 wrap-anywhere">{apiKey.name}</span>
            <StatusBadge status={apiKey.status} />
          </span>
        }
        description={apiKey.description}
        breadcrumb={breadcrumb}
        actions={<KeyButtons apiKey={apiKey} />}
      />
      {children}
      <KeyDialogsLater {...props} dialog={dialog} onDialog={setDialog} onChanged={refresh} onBulkDone={NOTHING} />
    </KeyRowProvider>
  );
}

const NOTHING = (): void => undefined;
