import { getEnv } from "@/lib/env";
import { sayingUnavailable } from "@/lib/server/page-request";
import type { Pages } from "@/lib/server/pages-process";

/** Next in this very process: for development, where it compiles what it serves. */
export async function pagesHere(): Promise<Pages> {
  const { host, port } = getEnv();
  // Imported only here: loading it costs every promise of the process.
  const { default: next } = await import("next");
  const pages = next({ dev: true, dir: process.cwd(), hostname: host, port });
  return {
    prepare: () => pages.prepare(),
    handler: sayingUnavailable(pages.getRequestHandler()),
    upgrade: pages.getUpgradeHandler(),
    setDatabase: () => undefined,
    stop: () => pages.close(),
  };
}
