import { ENDPOINTS } from "@/lib/http/endpoints";
import { isId } from "@/lib/ids";

const WORDS = new Set(ENDPOINTS.flatMap(({ path }) => path.split("/")));

const LONGEST = 300;

/**
 * The path for the log, without what may be a secret in it: an invitation's, or a token that someone put where an id
 * goes, of whatever form its importer gave it. Only the API's own words and ids are kept, and the number of a version;
 * whatever the path, for paths are mistyped too.
 */
export const loggedPath = (path: string): string =>
  path
    .split("/")
    .map((segment) => (WORDS.has(segment) || isId(segment) || /^\d{1,3}$/.test(segment) ? segment : "[hidden]"))
    .join("/")
    .slice(0, LONGEST);
