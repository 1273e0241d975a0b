import { ENDPOINTS } from "@/lib/http/endpoints";
import { isId } from "@/lib/ids";

const WORDS = new Set(ENDPOINTS.flatMap(({ path }) => path.split("/")));

/** Nothing as short as that is a secret. */
const SHORT = 15;
const LONGEST = 300;

/**
 * The path for the log, without what may be a secret in it: an invitation's, or a token that someone put where an id
 * goes. Of what is longer than a few characters only the API's own words and ids are kept, whatever the path, for paths
 * are mistyped too.
 */
export const loggedPath = (path: string): string =>
  path
    .slice(0, LONGEST)
    .split("/")
    .map((segment) => (segment.length <= SHORT || WORDS.has(segment) || isId(segment) ? segment : "[hidden]"))
    .join("/");
