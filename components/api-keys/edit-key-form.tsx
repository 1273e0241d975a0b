"use client";

import { useState } from "react";
import { callApi, type FormAlert, type Problem } from "@/components/api-client";
import { AddressField } from "@/components/api-keys/address-field";
import { useAttempt } from "@/components/api-keys/attempt";
import { ChangeWarning } from "@/components/api-keys/change-warning";
import { ExpiryField } from "@/components/api-keys/expiry-field";
import { showKeyProblem } from "@/components/api-keys/form-problem";
import { fromKey, type KeyFormValues, toUpdateBody } from "@/components/api-keys/form-values";
import { type KeyFormOptions, useKeyForm } from "@/components/api-keys/key-form";
import { KeyFormDialog } from "@/components/api-keys/key-form-dialog";
import { type KeyReading, readKey } from "@/components/api-keys/key-reading";
import { differencesOf, doneBesides, type MergeChoices, mergedValues } from "@/components/api-keys/merge";
import { MergeDialog } from "@/components/api-keys/merge-dialog";
import { NameFields } from "@/components/api-keys/name-fields";
import { PermissionsField } from "@/components/api-keys/permissions-field";
import { ScopesField } from "@/components/api-keys/scopes-field";
import { SubaccountsField } from "@/components/api-keys/subaccounts-field";
import { environmentLabel } from "@/components/api-keys/words";
import { problemText } from "@/components/problem-text";
import { inForceText } from "@/components/propagation";
import { updateKeySchema } from "@/lib/api-keys/schema";
import type { ApiKey } from "@/lib/api-keys/view";

type EditKeyFormProps = {
  /** The key with the version that the edit is made from. */
  reading: KeyReading;
  options: KeyFormOptions;
  onClose: () => void;
  onSaved: (key: ApiKey, inForce?: string) => void;
};

/** What the form holds and what someone else saved meanwhile. */
type Merge = { mine: KeyFormValues; theirs: KeyReading; error: string | null; pending: boolean };

/**
 * The edit form of a key that was just read. Sends what was changed, and only onto the version that it started from; if
 * someone else saved first, the two edits are merged field by field and nothing typed is lost.
 */
export function EditKeyForm({ reading, options, onClose, onSaved }: EditKeyFormProps) {
  const [base, setBase] = useState(reading);
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const [merge, setMerge] = useState<Merge | null>(null);
  const attempt = useAttempt();
  const before = fromKey(base.key);
  const toBody = (values: KeyFormValues, now: number) => toUpdateBody(before, values, now);
  const form = useKeyForm({ defaultValues: before, before, toBody, schema: updateKeySchema });

  const send = (onto: KeyReading, values: KeyFormValues) => {
    const body = toUpdateBody(fromKey(onto.key), values, unixNow());
    const headers = { "if-match": onto.etag };
    const path = `/v4/account/api-keys/${onto.key.id}`;
    return Object.keys(body).length === 0 ? null : attempt(() => callApi<ApiKey>("PUT", path, body, { headers }));
  };
  const refuse = (problem: Problem) =>
    setAlert(problem.status === 404 ? GONE : showKeyProblem(problem, form.setError, options));

  const save = async (values: KeyFormValues) => {
    setAlert(null);
    const sent = send(base, values);
    if (sent === null) return onClose();
    const answer = await sent;
    if (answer?.ok) onSaved(answer.data, inForceText(answer.headers));
    else if (answer?.problem.status === 412) await offerMerge(values);
    else if (answer) refuse(answer.problem);
  };

  const offerMerge = async (mine: KeyFormValues) => {
    const theirs = await readKey(base.key.id);
    if ("key" in theirs) return setMerge({ mine, theirs, error: null, pending: false });
    setMerge(null);
    refuse(theirs.problem);
  };

  const saveMerged = async ({ mine, theirs }: Merge, choices: MergeChoices) => {
    const merged = mergedValues({ mine, theirs: fromKey(theirs.key) }, choices);
    setMerge({ mine, theirs, error: null, pending: true });
    const sent = send(theirs, merged);
    if (sent === null) return onSaved(theirs.key);
    const answer = await sent;
    if (!answer) return;
    if (answer.ok) return onSaved(answer.data, inForceText(answer.headers));
    const { problem } = answer;
    if (problem.status === 412) return offerMerge(mine);
    if (problem.status === 0 || problem.status >= 500)
      return setMerge({ mine, theirs, error: problemText(problem), pending: false });

    // What is refused is put right in the form: it goes on from what is saved, with what was chosen.
    setMerge(null);
    setBase(theirs);
    form.reset(fromKey(theirs.key));
    form.reset(merged, { keepDefaultValues: true });
    // The dialog gives the focus back once it has gone. A field that had it before would be left, and judged anew.
    await twoFrames();
    refuse(problem);
  };
  const region = options.regions.find(({ id }) => id === base.key.region_id);

  return (
    <>
      <KeyFormDialog
        title={`Edit ${base.key.name}`}
        description={`${environmentLabel(base.key.environment)}, ${region?.name ?? base.key.region_id}: fixed for the key's life.`}
        form={form}
        choice={options.choice}
        alert={alert}
        onAlert={setAlert}
        submitLabel="Save changes"
        onSubmit={save}
        onClose={onClose}
        notice={<ChangeWarning apiKey={base.key} options={options} />}
      >
        <NameFields />
        <ExpiryField />
        <AddressField ownAddress={options.viewer.ip} />
        <SubaccountsField subaccounts={options.subaccounts} viewer={options.viewer} />
        <PermissionsField choice={options.choice} viewer={options.viewer} held={base.key.permissions} />
        <ScopesField />
      </KeyFormDialog>
      {merge ? (
        <MergeDialog
          key={merge.theirs.etag}
          name={base.key.name}
          savedAt={merge.theirs.key.updated_at}
          differences={differencesOf(
            { before, mine: merge.mine, theirs: fromKey(merge.theirs.key) },
            options,
            unixNow(),
          )}
          besides={doneBesides(base.key, merge.theirs.key)}
          pending={merge.pending}
          error={merge.error}
          onSave={(choices) => saveMerged(merge, choices)}
          onBack={() => setMerge(null)}
        />
      ) : null}
    </>
  );
}

const twoFrames = (): Promise<unknown> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const unixNow = (): number => Math.floor(Date.now() / 1000);

const GONE: FormAlert = {
  title: "The key is gone",
  details: ["Someone else revoked it while you were editing. Nothing was saved."],
};
