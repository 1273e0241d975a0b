"use client";

import { ChevronDown, Info, TriangleAlert } from "lucide-react";
import { useId, useState } from "react";
import { useWatch } from "react-hook-form";
import { accessChanges, changesSentence, type ShownChange } from "@/components/api-keys/change-text";
import { expiryOf } from "@/components/api-keys/expiry-choice";
import { fromKey, type KeyFormValues, toUpdateBody } from "@/components/api-keys/form-values";
import { type KeyFormOptions, useKeyFields } from "@/components/api-keys/key-form";
import { shutsOut } from "@/components/api-keys/own-address";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import type { ApiKey } from "@/lib/api-keys/view";

type ChangeWarningProps = { apiKey: ApiKey; options: KeyFormOptions };

/**
 * Above the button that saves an edit: what it changes of the key's access, item by item on demand. An alarm only where
 * something is taken away, so that it is still one when it matters.
 */
export function ChangeWarning({ apiKey, options }: ChangeWarningProps) {
  const { control } = useKeyFields();
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const values = useWatch({ control, compute: (all: KeyFormValues) => all });
  const changes = accessChanges(apiKey, accessAfter(apiKey, values), options);
  const isAlarm = changes.some(({ narrows }) => narrows);
  const address = options.viewer.ip;
  const isOutside =
    address !== null && changes.some(({ field }) => field === "allowed_ips") && shutsOut(values.allowed_ips, address);
  const Icon = isAlarm ? TriangleAlert : Info;

  return (
    // There before the first change, so that it is read out.
    <div
      role="status"
      className={classNames(
        "wrap-anywhere text-sm not-empty:border-t not-empty:px-5 not-empty:py-2",
        isAlarm ? "border-warning-border bg-warning-subtle" : "border-border bg-surface-sunken",
      )}
    >
      {changes.length === 0 ? null : (
        <>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <p className={classNames("flex min-w-0 flex-1 basis-60 gap-2", isAlarm && "font-medium text-warning-text")}>
              <Icon aria-hidden className="mt-0.5" />
              <span className="min-w-0">
                {isAlarm ? <span className="sr-only">Warning: </span> : null}
                {changesSentence(changes)}
              </span>
            </p>
            <Button
              size="sm"
              variant="ghost"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              onClick={() => setIsOpen(!isOpen)}
            >
              {isOpen ? "Hide changes" : "Show changes"}
              <ChevronDown aria-hidden className={isOpen ? "rotate-180" : undefined} />
            </Button>
          </div>
          {isOutside ? (
            <p className="mt-1">
              Your own current address, <span className="font-mono">{address}</span>, is outside the new IP
              restrictions.
            </p>
          ) : null}
          {isOpen ? (
            <section
              id={id}
              aria-label="Changes"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keyboard
              tabIndex={0}
              className="mt-1.5 max-h-40 overflow-y-auto -outline-offset-2"
            >
              <dl className="flex flex-col gap-2">
                {changes.map((change) => (
                  <Change key={change.field} {...change} />
                ))}
              </dl>
            </section>
          ) : null}
        </>
      )}
    </div>
  );
}

function Change({ field, label, removed, added }: ShownChange) {
  const [out, into] = field === "expires_at" ? ["From", "To"] : ["Removed", "Added"];
  return (
    <div>
      <dt className="font-medium">{label}</dt>
      {removed.length > 0 ? (
        <dd className="flex gap-2">
          <span className="w-18 shrink-0 text-text-muted">{out}</span>
          <span className="min-w-0 text-danger-text">{removed.join(", ")}</span>
        </dd>
      ) : null}
      {added.length > 0 ? (
        <dd className="flex gap-2">
          <span className="w-18 shrink-0 text-text-muted">{into}</span>
          <span className="min-w-0 text-success-text">{added.join(", ")}</span>
        </dd>
      ) : null}
    </div>
  );
}

/** The key's access as it would be after saving what the form holds now. */
function accessAfter(key: ApiKey, values: KeyFormValues): ApiKey {
  const now = Math.floor(Date.now() / 1000);
  const body = toUpdateBody(fromKey(key), values, now);
  return {
    ...key,
    permissions: body.permissions ?? key.permissions,
    scopes: body.scopes ?? key.scopes,
    allowed_ips: body.allowed_ips ?? key.allowed_ips,
    all_subaccounts: values.all_subaccounts,
    allowed_subaccounts: values.allowed_subaccounts,
    expires_at: body.expires_at === undefined ? key.expires_at : (expiryOf(values.expires_at, now) ?? null),
  };
}
