"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { DeleteOrganization } from "@/components/settings/organization/delete-organization";
import { ReadOnlyNote } from "@/components/settings/read-only-note";
import { changeRefusal, type SettingsViewer } from "@/components/settings/rights";
import { SettingsHeader } from "@/components/settings/settings-header";
import { StaleAlert } from "@/components/settings/stale-alert";
import { useChanged } from "@/components/settings/use-changed";
import { useSave } from "@/components/settings/use-save";
import type { Versioned } from "@/components/settings/versioned";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { FormAlert } from "@/components/ui/form-alert";
import { useHydrated } from "@/components/ui/hydrated";
import { Input } from "@/components/ui/input";
import { Time } from "@/components/ui/time";
import { useCopyId } from "@/components/ui/use-copy-id";
import { type Organization, updateOrganizationSchema } from "@/lib/organizations/schema";

type OrganizationPanelProps = { organization: Versioned<Organization>; viewer: SettingsViewer };

/** Settings → Organization: its name, its id, and its end. */
export function OrganizationPanel({ organization, viewer }: OrganizationPanelProps) {
  const { refresh, changed } = useChanged();
  const refusal = changeRefusal(viewer, "the organization");
  return (
    <>
      <SettingsHeader title="Organization" description="What everyone who signs in here belongs to." />
      <ReadOnlyNote refusal={refusal} />
      <div className="flex max-w-2xl flex-col gap-6">
        <Card title="Details">
          <NameForm
            key={organization.etag}
            organization={organization}
            readOnly={refusal !== null}
            onReload={refresh}
            onSaved={() => changed("The organization's name is saved")}
          />
          <Facts organization={organization} />
        </Card>
        <DeleteOrganization organization={organization} isOwner={viewer.role === "owner"} onReload={refresh} />
      </div>
    </>
  );
}

type NameFormProps = {
  organization: Versioned<Organization>;
  readOnly: boolean;
  onReload: () => void;
  onSaved: () => void;
};

const nameFormSchema = z.object({ name: updateOrganizationSchema.shape.name.unwrap() });
type NameValues = z.output<typeof nameFormSchema>;

function NameForm({ organization, readOnly, onReload, onSaved }: NameFormProps) {
  // What is typed before the form is React's would give way to the default value.
  const hydrated = useHydrated();
  const { register, handleSubmit, setError, formState } = useForm<NameValues>({
    resolver: zodResolver(nameFormSchema),
    defaultValues: { name: organization.name },
  });
  const { alert, isStale, save } = useSave(setError, ["name"]);
  const [done, setDone] = useState(false);

  const submit = handleSubmit(async (body) => {
    const { etag } = organization;
    const answer = await save({ method: "PATCH", path: "/v4/account/organization", body, etag });
    if (!answer) return;
    setDone(true);
    onSaved();
  });

  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      <FormAlert alert={alert} />
      {isStale ? <StaleAlert onReload={onReload} /> : null}
      <Field
        label="Name"
        hint="Stands in the top bar and in invitations."
        error={formState.errors.name?.message}
        className="max-w-md"
      >
        <Input {...register("name")} autoComplete="organization" readOnly={readOnly || !hydrated} />
      </Field>
      {readOnly ? null : (
        <Button
          type="submit"
          variant="primary"
          loading={formState.isSubmitting}
          disabled={!hydrated || !formState.isDirty || done}
          className="self-start"
        >
          Save name
        </Button>
      )}
    </form>
  );
}

function Facts({ organization }: { organization: Organization }) {
  const copyId = useCopyId();
  return (
    <dl className="mt-5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 border-border border-t pt-4 text-sm">
      <dt className="text-text-muted">ID</dt>
      <dd className="flex flex-wrap items-center gap-2">
        <span className="break-all font-mono text-xs">{organization.id}</span>
        <Button size="sm" onClick={() => copyId(organization.id)}>
          Copy ID
        </Button>
      </dd>
      <dt className="text-text-muted">Created</dt>
      <dd>
        <Time value={organization.created_at} format="minute" />
      </dd>
      <dt className="text-text-muted">API keys set up</dt>
      <dd>
        {organization.bootstrapped_at === null ? (
          "Not yet"
        ) : (
          <Time value={organization.bootstrapped_at} format="minute" />
        )}
      </dd>
    </dl>
  );
}
