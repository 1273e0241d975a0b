import { ENDPOINTS } from "@/lib/http/endpoints";
import { isId } from "@/lib/ids";

const WORDS = new Set(ENDPOINTS.flatMap(({ path }) => path.split("/")));

const LONGEST = 300;

/**
 * The path for the log, without what may be a secret in it: an invitation's, or a token that someone put where an id
 * goes. Only the API's own words and ids are kept, and short lower-case names such as a product's; whatever the path,
 * for paths are mistyped too.
 */
export const loggedPath = (path: string): string =>
  path
    .split("/")
    .map((segment) => (WORDS.has(segment) || isId(segment) || isShortName(segment) ? segment : "[hidden]"))
    .join("/")
    .slice(0, LONGEST);

/** No secret is as short as that. A piece of one that has slashes in it may be, but is of both cases. */
const isShortName = (segment: string): boolean => /^[a-z0-9_.-]{0,15}$/.test(segment);
