import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import { databaseFault } from "@/lib/database-errors";
import { AppError } from "@/lib/errors";

type PageRequest = { isWithoutDatabase: boolean };
type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

// Next's bundles and the server's have separate module state in one process.
const store = globalThis as { __latchkeyPageRequests?: AsyncLocalStorage<PageRequest> };

function requests(): AsyncLocalStorage<PageRequest> {
  store.__latchkeyPageRequests ??= new AsyncLocalStorage();
  return store.__latchkeyPageRequests;
}

/**
 * Next's handler, but for this: a page that fails because the database is away is answered 503 with Retry-After, which
 * browsers and balancers understand. Next itself knows only 500.
 */
export function sayingUnavailable(pages: Handler): Handler {
  return (request, response) => {
    const state: PageRequest = { isWithoutDatabase: false };
    const writeHead = response.writeHead.bind(response);
    const truthfully = (status: number, ...rest: unknown[]) => {
      const isAway = status === 500 && state.isWithoutDatabase;
      if (isAway) response.setHeader("Retry-After", "5");
      return writeHead(isAway ? 503 : status, ...(rest as []));
    };
    Object.assign(response, { writeHead: truthfully });
    return requests().run(state, () => pages(request, response));
  };
}

/** Runs `read`. If it fails because the database is away, so does the page that it is for, and its answer says so. */
export async function readForPage<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const request = requests().getStore();
    const isAway = error instanceof AppError ? error.code === "unavailable" : databaseFault(error) === "unavailable";
    if (request && isAway) request.isWithoutDatabase = true;
    throw error;
  }
}
