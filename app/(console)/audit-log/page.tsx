import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { requireMember } from "@/app/session";
import { AuditFilters } from "@/components/audit/audit-filters";
import { type AuditView, auditHref, auditQuery, isFiltered, readAuditView } from "@/components/audit/audit-view";
import { EventList } from "@/components/audit/event-list";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { DownloadLink } from "@/components/usage/download-link";
import { type AuditPage, auditMembers, keysThere, listAuditEvents } from "@/lib/audit/operations";
import { mayAccess } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import { AppError } from "@/lib/errors";

export const metadata: Metadata = { title: "Audit log" };

const TITLE = "Audit log";

export default async function AuditLogPage({ searchParams }: PageProps<"/audit-log">) {
  const context = await requireMember("/audit-log");
  if (!mayAccess(context.principal, "account:audit:read")) return <NotForRole />;
  const view = readAuditView(await searchParams);
  const [page, members] = await Promise.all([readPage(context, view), auditMembers(context, {})]);
  const pages = new Set(await keysThere(context, { body: { ids: keysNamedIn(page.data) } }));
  const query = auditQuery(view);
  return (
    <>
      <PageHeader
        title={TITLE}
        description="Every change, and every one that was refused. Nothing in it can be changed afterwards."
        actions={query === null ? null : <DownloadLink path="/audit-log/csv" query={query} />}
      />
      <AuditFilters view={view} members={members} />
      {page.data.length === 0 ? (
        <NoEvents filtered={isFiltered(view)} />
      ) : (
        <EventList events={page.data} pages={pages} />
      )}
      <nav aria-label="Audit events, pages" className="mt-3 flex justify-end gap-2">
        {view.cursor === null ? null : (
          <Button asChild>
            <Link href={auditHref(view, null)}>Newest</Link>
          </Button>
        )}
        {page.next_cursor === null ? null : (
          <Button asChild>
            <Link href={auditHref(view, page.next_cursor)}>Older</Link>
          </Button>
        )}
      </nav>
    </>
  );
}

/** The page of the view; the newest one when its place is not of this list. */
async function readPage(context: RequestContext, view: AuditView): Promise<AuditPage> {
  const query = auditQuery(view);
  if (query === null) return { data: [], next_cursor: null };
  try {
    return await listAuditEvents(context, { query: view.cursor === null ? query : { ...query, cursor: view.cursor } });
  } catch (error) {
    if (!(error instanceof AppError && error.code === "invalid_cursor")) throw error;
    return listAuditEvents(context, { query });
  }
}

/** The keys that events were done to or by. */
function keysNamedIn(events: AuditPage["data"]): string[] {
  const named = events.flatMap(({ target, principal }) => [target, principal]);
  return [...new Set(named.filter(({ type, id }) => type === "api_key" && id !== "").map(({ id }) => id))];
}

function NoEvents({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      icon={<ScrollText />}
      title={filtered ? "No event matches" : "No events yet"}
      description={
        filtered ? "Choose another action, outcome, member, key or time." : "Changes appear here as they happen."
      }
    />
  );
}

function NotForRole() {
  return (
    <>
      <PageHeader title={TITLE} />
      <EmptyState
        icon={<ScrollText />}
        title="Developers do not read the audit log"
        description="Ask an admin or owner to look something up for you."
      />
    </>
  );
}
