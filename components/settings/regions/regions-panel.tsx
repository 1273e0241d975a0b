"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { callApi } from "@/components/api-client";
import { problemText } from "@/components/problem-text";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import { ReadOnlyNote } from "@/components/settings/read-only-note";
import { RegionDialog } from "@/components/settings/regions/region-dialog";
import { type ListedRegion, RegionTable, type RegionVerb } from "@/components/settings/regions/region-table";
import { changeRefusal, type SettingsViewer } from "@/components/settings/rights";
import { SettingsHeader } from "@/components/settings/settings-header";
import { useChanged } from "@/components/settings/use-changed";
import { GuardedButton } from "@/components/ui/guarded-button";
import { useToast } from "@/components/ui/toast";

type RegionsPanelProps = { list: ListedPage<ListedRegion>; viewer: SettingsViewer };
type OpenDialog = { kind: "create" } | { kind: "edit" | "delete"; id: string };

/** Settings → Regions. There is always at least one, so there is no empty state. */
export function RegionsPanel({ list, viewer }: RegionsPanelProps) {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const { busy, refresh, changed } = useChanged();
  const toast = useToast();
  const refusal = changeRefusal(viewer, "regions");
  const close = () => setDialog(null);

  const patch = async (region: ListedRegion, body: object, done: string) => {
    const headers = { "if-match": region.etag };
    const answer = await callApi("PATCH", `/v4/account/regions/${region.id}`, body, { headers });
    if (answer.ok) return changed(done);
    toast({ title: `${region.name} was not changed`, description: problemText(answer.problem), tone: "danger" });
    refresh();
  };
  const act = (verb: RegionVerb, region: ListedRegion) => {
    if (verb !== "make_default") setDialog({ kind: verb, id: region.id });
    else patch(region, { is_default: true }, `${region.name} is the default region`);
  };
  const keepOne = (region: ListedRegion, on: boolean) => {
    const done = on ? `${region.name} always keeps one active key` : `${region.name} may be left without an active key`;
    return patch(region, { always_keep_one_active_key: on }, done);
  };

  return (
    <>
      <SettingsHeader
        title="Regions"
        description="Named partitions of the organization. A key sees and manages only keys of its own region."
        actions={
          <GuardedButton refusal={refusal} variant="primary" onClick={() => setDialog({ kind: "create" })}>
            <Plus aria-hidden />
            Create region
          </GuardedButton>
        }
      />
      <ReadOnlyNote refusal={refusal} />
      <RegionTable
        regions={list.rows}
        total={list.total}
        refusal={refusal}
        busy={busy}
        onAct={act}
        onKeepOne={keepOne}
      />
      <ListPages label="Regions" list={list} />
      <RegionDialogs dialog={dialog} regions={list.rows} onClose={close} onReload={refresh} onChanged={changed} />
    </>
  );
}

type RegionDialogsProps = {
  dialog: OpenDialog | null;
  regions: readonly ListedRegion[];
  onClose: () => void;
  onReload: () => void;
  onChanged: (message: string) => void;
};

function RegionDialogs({ dialog, regions, onClose, onReload, onChanged }: RegionDialogsProps) {
  if (dialog === null) return null;
  const done = (message: string) => {
    onClose();
    onChanged(message);
  };
  if (dialog.kind === "create") {
    return (
      <RegionDialog
        region={null}
        onClose={onClose}
        onSaved={({ name }) => done(`${name} is created`)}
        onReload={onReload}
      />
    );
  }
  const region = regions.find(({ id }) => id === dialog.id);
  if (!region) return null;
  if (dialog.kind === "edit") {
    return (
      <RegionDialog
        key={region.etag}
        region={region}
        onClose={onClose}
        onSaved={({ name }) => done(`${name} is saved`)}
        onReload={onReload}
      />
    );
  }
  return (
    <ConfirmDialog
      title={`Delete ${region.name}?`}
      description={
        region.is_default
          ? "No key is in it. It is the default: the oldest other region becomes the default in its place."
          : "No key is in it. Nothing else changes."
      }
      confirmLabel="Delete region"
      request={{ method: "DELETE", path: `/v4/account/regions/${region.id}`, etag: region.etag }}
      onClose={onClose}
      onDone={() => done(`${region.name} is deleted`)}
      onReload={onReload}
    />
  );
}
