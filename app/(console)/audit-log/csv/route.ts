import { csvDownload } from "@/app/csv-download";
import { auditCsv } from "@/lib/audit/csv";

export const GET = (request: Request): Promise<Response> => csvDownload(request, "audit-log", auditCsv);
