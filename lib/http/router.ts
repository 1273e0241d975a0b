import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "@/lib/errors";
import type { Endpoint } from "@/lib/http/endpoint";
import { ENDPOINTS } from "@/lib/http/endpoints";

export type Route = { endpoint: Endpoint; params: Record<string, string> };

const router = new SmartRouter<Endpoint>({ routers: [new RegExpRouter(), new TrieRouter()] });
for (const endpoint of ENDPOINTS) {
  router.add(endpoint.method, endpoint.path.replaceAll(/\{([^}]+)\}/g, ":$1"), endpoint);
}

/** Paths without parameters need no search. */
const fixed = new Map<string, Route>(
  ENDPOINTS.filter(({ path }) => !path.includes("{")).map((endpoint) => [
    `${endpoint.method} ${endpoint.path}`,
    { endpoint, params: {} },
  ]),
);

const ofAnyMethod = new Map<string, Route>(
  ENDPOINTS.filter(({ anyMethod }) => anyMethod).map((endpoint) => [endpoint.path, { endpoint, params: {} }]),
);

/** The endpoint that serves this method and path. @throws 404 for an unknown path, 405 for an unknown method on one. */
export function routeOf(method: string, path: string): Route {
  const asked = method === "HEAD" ? "GET" : method;
  const known = fixed.get(`${asked} ${path}`) ?? (asked === "TRACE" ? undefined : ofAnyMethod.get(path));
  if (known) return known;
  const [found, stash] = router.match(asked, path);
  const [first] = found;
  if (!first) throw unmatched(method, path);
  const [endpoint, indices] = first;
  const params: Record<string, string> = {};
  for (const name in indices) {
    const place = indices[name];
    params[name] = decoded(stash ? (stash[place as number] ?? "") : (place as string));
  }
  return { endpoint, params };
}

/** A parameter that is not valid percent-encoding stays as it was sent, and names nothing. */
function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PATTERNS = [...new Set(ENDPOINTS.map((endpoint) => endpoint.path))].map((path) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
  methods: ENDPOINTS.filter((endpoint) => endpoint.path === path).map((endpoint) => endpoint.method),
}));

/** Why nothing answers: the path is unknown, or it is known with other methods. */
function unmatched(method: string, path: string): AppError {
  const methods = new Set<string>(
    PATTERNS.filter((known) => known.pattern.test(path)).flatMap((known) => known.methods),
  );
  if (methods.size === 0) return new AppError("not_found", "There is nothing at this path.");
  if (methods.has("GET")) methods.add("HEAD");
  return new AppError("method_not_allowed", `${method.slice(0, 20)} is not supported here.`, {
    allow: [...methods].sort(),
  });
}
