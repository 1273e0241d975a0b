"use client";

import { useWatch } from "react-hook-form";
import { accessChanges, type ShownChange } from "@/components/api-keys/change-text";
import { ChangedItems } from "@/components/api-keys/changed-items";
import { expiryOf } from "@/components/api-keys/expiry-choice";
import { fromKey, type KeyFormValues, toUpdateBody } from "@/components/api-keys/form-values";
import { type KeyFormOptions, useKeyFields } from "@/components/api-keys/key-form";
import { Alert } from "@/components/ui/alert";
import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import type { ApiKey } from "@/lib/api-keys/view";

type ChangeWarningProps = { apiKey: ApiKey; options: KeyFormOptions };

/** Before an edit is saved: what of the key's access changes, from and to, and that calls can break at once. */
export function ChangeWarning({ apiKey, options }: ChangeWarningProps) {
  const { control } = useKeyFields();
  const values = useWatch({ control, compute: (all: KeyFormValues) => all });
  const changes = accessChanges(apiKey, accessAfter(apiKey, values), options);
  if (changes.length === 0) return null;

  const address = options.viewer.ip;
  const isOutside = address !== null && values.allowed_ips.length > 0 && !matchesIpRules(values.allowed_ips, address);
  return (
    <Alert tone="warning" announce title="Calls made with this key can break as soon as you save">
      <dl className="mt-1.5 flex flex-col gap-2">
        {changes.map((change) => (
          <Change key={change.field} {...change} />
        ))}
      </dl>
      {isOutside ? (
        <p className="mt-2">
          Your own current address, <span className="font-mono">{address}</span>, is outside the new IP restrictions.
        </p>
      ) : null}
    </Alert>
  );
}

function Change({ field, from, to }: ShownChange) {
  return (
    <div>
      <dt className="font-medium">{field}</dt>
      <dd className="flex gap-2">
        <span className="w-9 shrink-0 text-text-muted">from</span>
        <ChangedItems items={from} others={to} changed="text-danger-text line-through" />
      </dd>
      <dd className="flex gap-2">
        <span className="w-9 shrink-0 text-text-muted">to</span>
        <ChangedItems items={to} others={from} changed="font-medium text-success-text" />
      </dd>
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
