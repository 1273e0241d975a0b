import type { Route } from "next";
import Link from "next/link";
import { eventTitle } from "@/components/audit/action-words";
import { EventChanges } from "@/components/audit/event-changes";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { AuditEvent } from "@/lib/audit/schema";

type EventListProps = {
  events: readonly AuditEvent[];
  /** On the page of this key its name says nothing new. */
  ofKey?: string;
  /** The keys among those that the events name of which there still is a page. */
  pages?: ReadonlySet<string>;
};

const NO_PAGES: ReadonlySet<string> = new Set();

/** Events as rows: when, what, who, from where, and what was changed. On phones a row is a block of lines. */
export function EventList({ events, ofKey, pages = NO_PAGES }: EventListProps) {
  return (
    <Table label="Audit events" className="max-md:block">
      <TableHead className="max-md:hidden">
        <tr>
          <TableHeader>When</TableHeader>
          <TableHeader>What</TableHeader>
          <TableHeader>Who</TableHeader>
          <TableHeader>From</TableHeader>
          <TableHeader>Changes</TableHeader>
        </tr>
      </TableHead>
      <TableBody className="max-md:block">
        {events.map((event) => (
          <TableRow
            key={event.id}
            className="max-md:flex max-md:flex-col max-md:border-border max-md:border-b max-md:py-2"
          >
            <TableCell className={CELL}>
              <Time value={event.at} format="second" className="max-md:text-text-muted max-md:text-xs" />
            </TableCell>
            <TableCell className={WRAPPING}>
              <What event={event} ofKey={ofKey} pages={pages} />
            </TableCell>
            <TableCell className={WRAPPING}>
              <Who principal={event.principal} pages={pages} />
            </TableCell>
            <TableCell className={CELL}>
              {event.ip ? (
                <span className="font-mono text-xs">{event.ip}</span>
              ) : (
                <span className="text-text-muted">unknown address</span>
              )}
            </TableCell>
            <TableCell className={WRAPPING}>
              <EventChanges outcome={event.outcome} changes={event.changes} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

const CELL = "h-auto py-2 align-top max-md:border-0 max-md:py-0.5";
const WRAPPING = `${CELL} min-w-36 max-w-96 whitespace-normal`;

type WhatProps = { event: AuditEvent; ofKey: string | undefined; pages: ReadonlySet<string> };

function What({ event: { action, outcome, target }, ofKey, pages }: WhatProps) {
  const name = target.name || target.id;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium">{eventTitle({ action, outcome })}</span>
        {outcome === "denied" ? <Badge tone="danger">Denied</Badge> : null}
      </p>
      {name && target.id !== ofKey ? (
        <p className="break-words text-text-muted" title={target.id}>
          {target.type === "api_key" && target.id ? <KeyName id={target.id} name={name} pages={pages} /> : name}
        </p>
      ) : null}
    </>
  );
}

const PRINCIPALS = { user: "Member", api_key: "API key", system: "System" };

type WhoProps = Pick<AuditEvent, "principal"> & { pages: ReadonlySet<string> };

function Who({ principal: { type, id, name }, pages }: WhoProps) {
  return (
    <>
      <p className="break-words" title={id}>
        {type === "api_key" ? <KeyName id={id} name={name || id} pages={pages} /> : name || id}
      </p>
      <p className="text-text-muted text-xs">{PRINCIPALS[type]}</p>
    </>
  );
}

/** To the key's page; of one that is gone, or that is not known to be there, to what the log says of it. */
function KeyName({ id, name, pages }: { id: string; name: string; pages: ReadonlySet<string> }) {
  const href = pages.has(id)
    ? `/api-keys/${encodeURIComponent(id)}`
    : `/audit-log?api_key_id=${encodeURIComponent(id)}`;
  return (
    <Link href={href as Route} className="underline decoration-border-strong underline-offset-4 hover:decoration-text">
      {name}
    </Link>
  );
}
