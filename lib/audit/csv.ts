import { type AuditPage, listAuditEvents } from "@/lib/audit/operations";
import type { RequestContext } from "@/lib/context";
import { csvRecord } from "@/lib/csv";

const HEADER = [
  "at",
  "action",
  "outcome",
  "principal_type",
  "principal_id",
  "principal_name",
  "target_type",
  "target_id",
  "target_name",
  "ip",
  "request_id",
  "changes",
  "id",
];

/** The whole log that `listAuditEvents` pages through, as CSV, newest first. Read page by page as it is taken. */
export async function* auditCsv(context: RequestContext, filter: Record<string, unknown>): AsyncGenerator<string> {
  let page: AuditPage = await listAuditEvents(context, { query: { ...filter, limit: "100" } });
  yield csvRecord(HEADER);
  for (;;) {
    yield page.data.map(recordOf).join("");
    if (page.next_cursor === null) return;
    page = await listAuditEvents(context, { query: { ...filter, limit: "100", cursor: page.next_cursor } });
  }
}

function recordOf({ at, action, outcome, principal, target, ip, request_id, changes, id }: AuditPage["data"][number]) {
  const time = new Date(at * 1000).toISOString();
  const who = [principal.type, principal.id, principal.name];
  const what = [target.type, target.id, target.name];
  return csvRecord([time, action, outcome, ...who, ...what, ip, request_id, JSON.stringify(changes), id]);
}
