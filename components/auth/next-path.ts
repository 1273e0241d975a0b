import { HOME } from "@/components/shell/home";

/**
 * Where to go after signing in: `value` if it is a path of this console, else home. Judged as the browser will read it,
 * since `//host`, `/\host` and a tab between two slashes all lead to another site.
 */
export function safeNextPath(value: string | string[] | undefined): string {
  if (typeof value !== "string" || !value.startsWith("/")) return HOME;
  try {
    const url = new URL(value, NOWHERE);
    const path = url.pathname + url.search + url.hash;
    return url.origin === NOWHERE && !path.startsWith("//") ? path : HOME;
  } catch {
    return HOME;
  }
}

const NOWHERE = "http://latchkey.invalid";
