"use client";

import { useState } from "react";
import { callApi, type FormAlert } from "@/components/api-client";
import { AddressField } from "@/components/api-keys/address-field";
import { useAttempt } from "@/components/api-keys/attempt";
import { ChangeWarning } from "@/components/api-keys/change-warning";
import { ExpiryField } from "@/components/api-keys/expiry-field";
import { fromKey, type KeyFormValues, toUpdateBody } from "@/components/api-keys/form-values";
import { type KeyFormOptions, useKeyForm } from "@/components/api-keys/key-form";
import { KeyFormDialog } from "@/components/api-keys/key-form-dialog";
import { NameFields } from "@/components/api-keys/name-fields";
import { PermissionsField } from "@/components/api-keys/permissions-field";
import { showProblem } from "@/components/api-keys/problem-text";
import { ScopesField } from "@/components/api-keys/scopes-field";
import { SubaccountsField } from "@/components/api-keys/subaccounts-field";
import { environmentLabel } from "@/components/api-keys/words";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { updateKeySchema } from "@/lib/api-keys/schema";
import type { ApiKey } from "@/lib/api-keys/view";

type EditKeyFormProps = {
  apiKey: ApiKey;
  /** The version that the edit is made from. */
  etag: string;
  options: KeyFormOptions;
  onReload: () => void;
  onClose: () => void;
  onSaved: (key: ApiKey) => void;
};

/** The edit form of a key that was just read. Sends what was changed, and only onto the version that it started from. */
export function EditKeyForm({ apiKey, etag, options, onReload, onClose, onSaved }: EditKeyFormProps) {
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const [isStale, setIsStale] = useState(false);
  const [before] = useState(() => fromKey(apiKey));
  const attempt = useAttempt();
  const toBody = (values: KeyFormValues, now: number) => toUpdateBody(before, values, now);
  const form = useKeyForm({ defaultValues: before, before, toBody, schema: updateKeySchema });

  const save = async (values: KeyFormValues) => {
    setAlert(null);
    const body = toBody(values, Math.floor(Date.now() / 1000));
    if (Object.keys(body).length === 0) return onClose();
    const path = `/v4/account/api-keys/${apiKey.id}`;
    const answer = await attempt(() => callApi<ApiKey>("PUT", path, body, { headers: { "if-match": etag } }));
    if (answer?.ok) onSaved(answer.data);
    else if (answer?.problem.status === 412) setIsStale(true);
    else if (answer) setAlert(showProblem(answer.problem, form.setError, options));
  };
  const region = options.regions.find(({ id }) => id === apiKey.region_id);

  return (
    <KeyFormDialog
      title={`Edit ${apiKey.name}`}
      description={`${environmentLabel(apiKey.environment)}, ${region?.name ?? apiKey.region_id}: fixed for the key's life.`}
      form={form}
      choice={options.choice}
      alert={alert}
      onAlert={setAlert}
      submitLabel="Save changes"
      onSubmit={save}
      onClose={onClose}
    >
      {isStale ? <StaleAlert onReload={onReload} /> : null}
      <NameFields />
      <ExpiryField />
      <AddressField ownAddress={options.viewer.ip} />
      <SubaccountsField subaccounts={options.subaccounts} viewer={options.viewer} />
      <PermissionsField choice={options.choice} viewer={options.viewer} held={apiKey.permissions} />
      <ScopesField />
      <ChangeWarning apiKey={apiKey} options={options} />
    </KeyFormDialog>
  );
}

function StaleAlert({ onReload }: { onReload: () => void }) {
  return (
    <Alert
      tone="warning"
      announce
      title="Someone else changed this key"
      actions={<Button onClick={onReload}>Reload</Button>}
    >
      Nothing was saved, so that their change is not overwritten. Reload shows the key as it is now; your own changes
      have to be made again.
    </Alert>
  );
}
