/**
 * The connection URL with server settings (`-c name=value`) added to those it already carries. Values must not
 * contain spaces or backslashes.
 */
export function withServerOptions(url: string, settings: Record<string, string>): string {
  const parsed = new URL(url);
  const added = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const options = [parsed.searchParams.get("options"), ...added].filter(Boolean).join(" ");
  parsed.searchParams.set("options", options);
  return parsed.toString();
}

/** The same server and login, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.toString();
}

/** Where it connects to, without user and password: safe to print. */
export function describeUrl(url: string): string {
  const parsed = new URL(url);
  const host = parsed.searchParams.get("host") ?? parsed.host;
  return `${host}${parsed.pathname}`;
}
