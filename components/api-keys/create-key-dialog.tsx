"use client";

import { useState } from "react";
import { callApi, type FormAlert } from "@/components/api-client";
import { AddressField } from "@/components/api-keys/address-field";
import { useAttempt } from "@/components/api-keys/attempt";
import { ExpiryField } from "@/components/api-keys/expiry-field";
import { showKeyProblem } from "@/components/api-keys/form-problem";
import { emptyValues, type KeyFormValues, toCreateBody } from "@/components/api-keys/form-values";
import type { IssuedKey } from "@/components/api-keys/issued-key";
import { type KeyFormOptions, useKeyForm } from "@/components/api-keys/key-form";
import { KeyFormDialog } from "@/components/api-keys/key-form-dialog";
import { NameFields } from "@/components/api-keys/name-fields";
import { PermissionsField } from "@/components/api-keys/permissions-field";
import { PlaceFields } from "@/components/api-keys/place-fields";
import { ScopesField } from "@/components/api-keys/scopes-field";
import { SubaccountsField } from "@/components/api-keys/subaccounts-field";
import { createKeySchema } from "@/lib/api-keys/schema";

type CreateKeyDialogProps = {
  options: KeyFormOptions;
  onClose: () => void;
  /** Told once, with the answer that carries the token. */
  onIssued: (issued: IssuedKey) => void;
};

/** Creates a key. One open dialog makes at most one, however often its button is pressed. */
export function CreateKeyDialog({ options, onClose, onIssued }: CreateKeyDialogProps) {
  const { regions, viewer, choice, subaccounts } = options;
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const attempt = useAttempt();
  const region = regions.find(({ is_default }) => is_default) ?? regions[0];
  const defaultValues = emptyValues(region?.id ?? "");
  const form = useKeyForm({ defaultValues, before: null, toBody: toCreateBody, schema: createKeySchema });

  const create = async (values: KeyFormValues) => {
    setAlert(null);
    const body = toCreateBody(values, Math.floor(Date.now() / 1000));
    const answer = await attempt((headers) => callApi<IssuedKey>("POST", "/v4/account/api-keys", body, { headers }));
    if (answer?.ok) onIssued(answer.data);
    else if (answer) setAlert(showKeyProblem(answer.problem, form.setError, options));
  };

  return (
    <KeyFormDialog
      title="Create API Key"
      description="Its token is shown once, right after this."
      form={form}
      choice={choice}
      alert={alert}
      onAlert={setAlert}
      submitLabel="Create"
      onSubmit={create}
      onClose={onClose}
    >
      <NameFields />
      <PlaceFields regions={regions} />
      <ExpiryField />
      <AddressField ownAddress={viewer.ip} />
      <SubaccountsField subaccounts={subaccounts} viewer={viewer} />
      <PermissionsField choice={choice} viewer={viewer} held={[]} />
      <ScopesField />
    </KeyFormDialog>
  );
}
