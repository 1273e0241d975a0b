"use client";

import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import { callApi } from "@/components/api-client";
import { EndKeyDialog } from "@/components/api-keys/end-key-dialog";
import { useReactivate } from "@/components/api-keys/use-reactivate";
import { problemText } from "@/components/problem-text";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import { type Decision, ReviewTable } from "@/components/settings/members/review-table";
import { useChanged } from "@/components/settings/use-changed";
import { PageHeader } from "@/components/shell/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";
import type { KeyToReview } from "@/lib/members/view";

type ReviewPanelProps = {
  list: ListedPage<KeyToReview>;
  regionNames: Readonly<Record<string, string>>;
  /** Unix seconds of the list's reading. */
  now: number;
};

/** The keys whose creator could not create them today. One click keeps or disables; the last active key of a region asks first. */
export function ReviewPanel({ list, regionNames, now }: ReviewPanelProps) {
  const [asking, setAsking] = useState<ApiKey | null>(null);
  const [pending, setPending] = useState<{ id: string; decision: Decision } | null>(null);
  const [disabled, setDisabled] = useState<ApiKey | null>(null);
  const { busy, refresh, changed } = useChanged();
  const toast = useToast();
  const reactivate = useReactivate(() => {
    setDisabled(null);
    refresh();
  });

  const disable = async (key: ApiKey) => {
    if (pending !== null) return;
    setPending({ id: key.id, decision: "disable" });
    const answer = await callApi<ApiKey>("PUT", `/v4/account/api-keys/${key.id}`, { is_active: false });
    setPending(null);
    if (answer.ok) {
      setDisabled(key);
      changed(`${key.name} is disabled`);
    } else {
      toast({ title: `${key.name} was not disabled`, description: problemText(answer.problem), tone: "danger" });
      refresh();
    }
  };

  const keep = async (key: ApiKey) => {
    if (pending !== null) return;
    setPending({ id: key.id, decision: "keep" });
    const answer = await callApi("POST", `/v4/account/keys-to-review/${key.id}/keep`);
    setPending(null);
    setDisabled(null);
    // Someone else decided about it: it is off the list all the same.
    if (answer.ok || answer.problem.status === 404) changed(`${key.name} goes on working`);
    else {
      toast({ title: `${key.name} was not kept`, description: problemText(answer.problem), tone: "danger" });
      refresh();
    }
  };

  const decide = ({ api_key, last_active }: KeyToReview, decision: Decision) => {
    if (decision === "keep") keep(api_key);
    else if (last_active) setAsking(api_key);
    else disable(api_key);
  };

  return (
    <>
      <PageHeader
        title="Keys to review"
        description="Keys belong to the organization, not to a person: they go on working when whoever created them leaves or may do less. Decide for each: one that is kept is not listed again until something else happens to its creator."
        breadcrumb={<Breadcrumb />}
      />
      {disabled === null ? null : (
        <DisabledNotice key={disabled.id} name={disabled.name} onReactivate={() => reactivate(disabled)} />
      )}
      {list.rows.length === 0 ? (
        <NothingToReview />
      ) : (
        <ReviewTable rows={list.rows} regionNames={regionNames} busy={busy} pending={pending} onDecide={decide} />
      )}
      <ListPages label="Keys to review" list={list} />
      {asking ? (
        <EndKeyDialog
          ending="disable"
          apiKey={asking}
          now={now}
          lastUsedFrom={undefined}
          regions={Object.entries(regionNames).map(([id, name]) => ({ id, name }))}
          isLastActive
          onClose={() => setAsking(null)}
          onDone={(message) => {
            setDisabled(asking);
            setAsking(null);
            changed(message);
          }}
        />
      ) : null}
    </>
  );
}

/** What was just done, and the way back. The row that had the focus is gone: its button takes it. */
function DisabledNotice({ name, onReactivate }: { name: string; onReactivate: () => void }) {
  const takeFocus = useCallback((button: HTMLButtonElement | null) => button?.focus(), []);
  return (
    <Alert
      tone="success"
      className="mb-4"
      actions={
        <Button ref={takeFocus} size="sm" onClick={onReactivate}>
          Reactivate it
        </Button>
      }
    >
      {name} is disabled: calls made with it fail now. It can come back.
    </Alert>
  );
}

function NothingToReview() {
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="No key to review"
      description="Every active key was created by a member who could still create it today, or was reviewed and kept."
      actions={
        <Button asChild>
          <Link href="/settings/members">Back to members</Link>
        </Button>
      }
    />
  );
}

function Breadcrumb() {
  const classes = "rounded-sm underline-offset-2 hover:text-text hover:underline";
  return (
    <>
      <Link href="/settings" className={classes}>
        Settings
      </Link>
      <span aria-hidden> / </span>
      <Link href="/settings/members" className={classes}>
        Members
      </Link>
    </>
  );
}
