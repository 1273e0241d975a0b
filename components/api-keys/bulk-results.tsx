"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import type { BulkAction, BulkResult } from "@/components/api-keys/bulk-dialog";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import type { ApiKey } from "@/lib/api-keys/view";

type BulkResultsProps = {
  action: BulkAction;
  keys: readonly ApiKey[];
  results: readonly BulkResult[];
  /** Where the changes are in force. */
  inForce: string | undefined;
  onClose: () => void;
};

/** What became of each key. */
export function BulkResults({ action, keys, results, inForce, onClose }: BulkResultsProps) {
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  const done = results.filter(({ ok }) => ok).length;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`${done} of ${results.length} keys ${DONE[action]}`}
        description={[
          done === results.length ? "Every key was changed." : "Each key stands alone; the reasons are below.",
          inForce,
        ]
          .filter(Boolean)
          .join(" ")}
      >
        <DialogBody>
          <ul className="flex flex-col gap-2">
            {results.map(({ id, ok, detail, code }) => (
              <li key={id} className="flex gap-2.5">
                {ok ? (
                  <CircleCheck aria-hidden className="mt-0.5 text-success-text" />
                ) : (
                  <CircleAlert aria-hidden className="mt-0.5 text-danger-text" />
                )}
                <div className="min-w-0">
                  <p className="wrap-anywhere">
                    {names.get(id) ?? id}
                    <span className="text-text-muted">: {ok ? DONE[action] : "not changed"}</span>
                  </p>
                  {ok ? null : <p className="text-sm text-text-muted">{detail ?? code}</p>}
                </div>
              </li>
            ))}
          </ul>
        </DialogBody>
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

const DONE: Record<BulkAction, string> = { disable: "disabled", reactivate: "reactivated", revoke: "revoked" };
