"use client";

import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import { useCallback, useState } from "react";
import { callApi } from "@/components/api-client";
import { EndKeyDialog } from "@/components/api-keys/end-key-dialog";
import { useReactivate } from "@/components/api-keys/use-reactivate";
import { problemText } from "@/components/problem-text";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import { useChanged } from "@/components/settings/use-changed";
import { PageHeader } from "@/components/shell/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { ApiKey } from "@/lib/api-keys/view";
import type { KeyToReview } from "@/lib/members/view";

type ReviewPanelProps = {
  list: ListedPage<KeyToReview>;
  regionNames: Readonly<Record<string, string>>;
  /** Unix seconds of the list's reading. */
  now: number;
};

/** The keys whose maker could not make them today. One click disables; the last active key of a region asks first. */
export function ReviewPanel({ list, regionNames, now }: ReviewPanelProps) {
  const [asking, setAsking] = useState<ApiKey | null>(null);
  const [pending, setPending] = useState<string | null>(null);
  const [disabled, setDisabled] = useState<ApiKey | null>(null);
  const { busy, refresh, changed } = useChanged();
  const toast = useToast();
  // The row that had the focus is gone: it goes to what can be done about it.
  const takeFocus = useCallback((button: HTMLButtonElement | null) => button?.focus(), []);
  const reactivate = useReactivate(() => {
    setDisabled(null);
    refresh();
  });

  const disable = async (key: ApiKey) => {
    if (pending !== null) return;
    setPending(key.id);
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

  return (
    <>
      <PageHeader
        title="Keys to review"
        description="Keys belong to the organization, not to a person: they go on working when whoever made them leaves or may do less. Decide for each whether it should."
        breadcrumb={<Breadcrumb />}
      />
      {disabled === null ? null : (
        <Alert
          tone="success"
          className="mb-4"
          actions={
            <Button key={disabled.id} ref={takeFocus} size="sm" onClick={() => reactivate(disabled)}>
              Reactivate it
            </Button>
          }
        >
          {disabled.name} is disabled: calls made with it fail now. It can come back.
        </Alert>
      )}
      {list.rows.length === 0 ? (
        <EmptyState
          icon={<ShieldCheck />}
          title="No key to review"
          description="Every active key was made by a member who could still make it today."
          actions={
            <Button asChild>
              <Link href="/settings/members">Back to members</Link>
            </Button>
          }
        />
      ) : (
        <Table label="Keys to review" busy={busy}>
          <TableHead>
            <tr>
              <TableHeader>Key</TableHeader>
              <TableHeader className="max-md:hidden">Made by</TableHeader>
              <TableHeader className="max-md:hidden">Why it is here</TableHeader>
              <TableHeader className="max-lg:hidden">Region</TableHeader>
              <TableHeader className="max-md:hidden">Last used</TableHeader>
              <TableHeader align="end">
                <span className="sr-only">Actions</span>
              </TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {list.rows.map(({ api_key: key, reason, last_active }) => (
              <TableRow key={key.id}>
                <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-72">
                  <span className="block truncate font-medium">{key.name}</span>
                  <span className="block truncate font-mono text-text-muted text-xs">{key.token_preview}</span>
                  <span className="block whitespace-normal text-text-muted md:hidden">
                    {key.created_by.name}: {REASONS[reason]}
                  </span>
                </TableCell>
                <TableCell className="max-w-48 truncate max-md:hidden">{key.created_by.name}</TableCell>
                <TableCell className="min-w-44 max-w-64 whitespace-normal text-text-muted max-md:hidden">
                  {REASONS[reason]}
                </TableCell>
                <TableCell className="text-text-muted max-lg:hidden">
                  {regionNames[key.region_id] ?? key.region_id}
                </TableCell>
                <TableCell className="text-text-muted max-md:hidden">
                  {key.last_used_at === null ? "Never" : <Time value={key.last_used_at} />}
                </TableCell>
                <TableCell align="end">
                  <Button
                    size="sm"
                    loading={pending === key.id}
                    onClick={() => (last_active ? setAsking(key) : disable(key))}
                    aria-label={`Disable ${key.name}`}
                  >
                    Disable
                  </Button>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <ListPages label="Keys to review" list={list} />
      {asking ? (
        <EndKeyDialog
          ending="disable"
          apiKey={asking}
          now={now}
          lastUsedFrom={undefined}
          lastActiveOf={regionNames[asking.region_id] ?? asking.region_id}
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

const REASONS: Record<KeyToReview["reason"], string> = {
  creator_removed: "Its maker is no longer a member.",
  creator_deactivated: "Its maker is deactivated.",
  creator_demoted: "Its maker may not make such a key any more.",
};

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
