import { getEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Refuses a cookie-authenticated change that does not come from the console's own pages (OWASP CSRF: verifying the
 * origin). Names of the loopback interface are one origin here: the address that is typed on one's own machine varies.
 */
export function checkOrigin(header: (name: string) => string | undefined): void {
  const origin = header("origin");
  const site = header("sec-fetch-site");
  const isOwn = origin !== undefined && ownOrigins().has(origin) && (site === undefined || site === "same-origin");
  // A form of another site can send text/plain or a form's types, but not JSON.
  if (isOwn && (!hasBody(header) || /^application\/json\b/i.test(header("content-type") ?? ""))) return;
  throw new AppError(
    "cross_origin",
    "A signed-in change must come from the console itself, as application/json. Scripts use a token.",
  );
}

function hasBody(header: (name: string) => string | undefined): boolean {
  return header("transfer-encoding") !== undefined || (header("content-length") ?? "0") !== "0";
}

function ownOrigins(): Set<string> {
  const own = new URL(getEnv().url);
  if (!LOOPBACK.includes(own.hostname)) return new Set([own.origin]);
  return new Set(LOOPBACK.map((host) => `${own.protocol}//${host}${own.port ? `:${own.port}` : ""}`));
}
