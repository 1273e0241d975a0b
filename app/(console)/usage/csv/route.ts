import { csvDownload } from "@/app/csv-download";
import { usageCsv } from "@/lib/usage/csv";

export const GET = (request: Request): Promise<Response> => csvDownload(request, "usage", usageCsv);
