"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useOptimistic, useState, useTransition } from "react";
import { BulkBar } from "@/components/api-keys/bulk-bar";
import { COLUMNS_COOKIE, columnsCookie, type OptionalColumn } from "@/components/api-keys/column-choice";
import type { KeySelection } from "@/components/api-keys/columns";
import { ColumnsMenu } from "@/components/api-keys/columns-menu";
import { HiddenColumnsProvider } from "@/components/api-keys/hidden-columns";
import type { OpenDialog } from "@/components/api-keys/key-dialogs";
import { KeyDialogsLater } from "@/components/api-keys/key-dialogs-later";
import type { KeyFormOptions } from "@/components/api-keys/key-form";
import { KeyRowProvider } from "@/components/api-keys/key-row-context";
import { KeysEmpty } from "@/components/api-keys/keys-empty";
import { KeysTable } from "@/components/api-keys/keys-table";
import { KeysToolbar } from "@/components/api-keys/keys-toolbar";
import { changeView, type ListView, listHref, PAGE_SIZES } from "@/components/api-keys/list-view";
import { createRefusal, type KeyAction } from "@/components/api-keys/rights";
import { useReactivate } from "@/components/api-keys/use-reactivate";
import { keysCounted } from "@/components/api-keys/words";
import { rememberPreference } from "@/components/preference-cookie";
import { PageHeader } from "@/components/shell/page-header";
import { usePageAction } from "@/components/shortcuts/shortcuts-context";
import { GuardedButton } from "@/components/ui/guarded-button";
import { useKeptFocus } from "@/components/ui/keep-focus";
import { Pagination } from "@/components/ui/pagination";
import type { ApiKey } from "@/lib/api-keys/view";

export type KeysPanelProps = {
  view: ListView;
  keys: ApiKey[];
  total: number;
  nextCursor: string | null;
  /** Undefined: on the first page. Null: the page before is the first one. */
  previousCursor: string | null | undefined;
  /** False: the organization has no key at all, of whatever status. */
  hasAnyKey: boolean;
  options: KeyFormOptions;
  /** Ids of the keys on this page that are the only active one of their region. */
  lastActive: readonly string[];
  /** Key id → address of its last use, where known. */
  lastUsedFrom: Readonly<Record<string, string>>;
  /** Unix seconds of the list's reading. */
  now: number;
  /** Columns that this member left out, as their browser remembers it. */
  hiddenColumns: readonly OptionalColumn[];
};

/** The API Keys page. It owns the dialogs, so that no change of the list can take an open one away. */
export function KeysPanel(props: KeysPanelProps) {
  const { keys, options, now } = props;
  const router = useRouter();
  const [busy, startTransition] = useTransition();
  // What was chosen last, until the list for it is there: no filter springs back meanwhile.
  const [view, setView] = useOptimistic(props.view);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [selection, setSelection] = useState<KeySelection>({});
  const [hidden, setHidden] = useState(props.hiddenColumns);
  const selected = keys.filter(({ id }) => selection[id]);
  const regionNames = new Map(options.regions.map(({ id, name }) => [id, name]));
  const refresh = () => startTransition(() => router.refresh());
  const reactivate = useReactivate(refresh);

  const go = (next: ListView, replace = false) => {
    const { pathname, query } = listHref(next);
    const search = new URLSearchParams(query).toString();
    const href = search === "" ? pathname : (`${pathname}?${search}` as const);
    startTransition(() => {
      setView(next);
      router[replace ? "replace" : "push"](href, { scroll: false });
    });
  };
  const act = (action: KeyAction, key: ApiKey) => {
    if (action === "reactivate") reactivate(key);
    else setDialog({ kind: action, key });
  };
  const chooseColumns = (next: OptionalColumn[]) => {
    setHidden(next);
    rememberPreference(COLUMNS_COOKIE, columnsCookie(next));
  };
  useKeptFocus();
  const openCreate = () => setDialog({ kind: "create" });
  usePageAction("create-key", () => (createRefusal(options.viewer) === null ? openCreate() : undefined));

  return (
    <KeyRowProvider value={{ viewer: options.viewer, regionNames, now, onAction: act }}>
      <div className={ONE_SCREEN}>
        <PageHeader
          title="API Keys"
          description="Keys for calling the API. A key's token is shown once, when it is made."
          actions={
            <GuardedButton variant="primary" refusal={createRefusal(options.viewer)} onClick={openCreate}>
              <Plus aria-hidden />
              Create API Key
            </GuardedButton>
          }
        />
        {props.hasAnyKey ? (
          <KeysToolbar view={view} busy={busy} regions={options.regions} viewer={options.viewer} onChange={go}>
            <ColumnsMenu hidden={hidden} onHiddenChange={chooseColumns} />
          </KeysToolbar>
        ) : null}
        {selected.length > 0 ? (
          <BulkBar
            selected={selected}
            viewer={options.viewer}
            onAction={(action, chosen) => setDialog({ kind: "bulk", action, keys: chosen })}
            onClear={() => setSelection({})}
          />
        ) : null}
        {keys.length === 0 ? (
          <KeysEmpty {...props} onCreate={openCreate} />
        ) : (
          <HiddenColumnsProvider value={hidden}>
            <KeysTable
              keys={keys}
              view={props.view}
              busy={busy}
              selection={selection}
              onSelectionChange={setSelection}
            />
          </HiddenColumnsProvider>
        )}
        {props.hasAnyKey && props.total > 0 ? (
          <div className="mt-3">
            <Pagination
              label="API keys"
              summary={rangeText(props)}
              previous={pageTarget(props.view, props.previousCursor, props.view.page - 1)}
              next={props.nextCursor === null ? null : pageTarget(props.view, props.nextCursor, props.view.page + 1)}
              pageSize={view.limit}
              pageSizes={PAGE_SIZES}
              onPageSizeChange={(size) =>
                go(changeView(view, { limit: PAGE_SIZES.find((known) => known === size) ?? 50 }))
              }
            />
          </div>
        ) : null}
      </div>
      <KeyDialogsLater
        {...props}
        dialog={dialog}
        onDialog={setDialog}
        onChanged={refresh}
        onBulkDone={() => setSelection({})}
      />
    </KeyRowProvider>
  );
}

/** On a desktop the page ends with the screen: only the table scrolls. */
const ONE_SCREEN =
  "[@media(min-width:48rem)_and_(min-height:40rem)]:flex [@media(min-width:48rem)_and_(min-height:40rem)]:max-h-[calc(100dvh-6rem)] [@media(min-width:48rem)_and_(min-height:40rem)]:flex-col";

function pageTarget(view: ListView, cursor: string | null | undefined, page: number) {
  if (cursor === undefined) return null;
  return listHref({ ...view, cursor, page: cursor === null ? 1 : Math.max(page, 2) });
}

/** "51–100 of 1,204 keys". */
function rangeText({ view, keys, total }: KeysPanelProps): string {
  if (keys.length === 0) return keysCounted(total);
  const first = (view.page - 1) * view.limit + 1;
  const last = first + keys.length - 1;
  return last > total
    ? keysCounted(total)
    : `${first.toLocaleString("en")}–${last.toLocaleString("en")} of ${keysCounted(total)}`;
}
