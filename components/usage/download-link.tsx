import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";

/** A file that the server makes for the page's filters. A plain link: a route handler answers, not a page. */
export function DownloadLink({ path, query }: { path: string; query: Record<string, string> }) {
  return (
    <Button asChild>
      <a href={`${path}?${new URLSearchParams(query)}`} download>
        <Download aria-hidden />
        Download CSV
      </a>
    </Button>
  );
}
