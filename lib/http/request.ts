import type { IncomingMessage } from "node:http";
import type { HeaderMap } from "@/lib/http/problem";

/** A request to the API, whichever server received it. */
export type ApiRequest = {
  method: string;
  /** As it was sent, percent-encoded, without the query. */
  path: string;
  /** What stands after the question mark; empty without one. */
  search: string;
  /** A header by its lower-case name. */
  header: (name: string) => string | undefined;
  /** How many Authorization lines were sent: node keeps the first and hides the others. */
  authorizations: number;
  /** The address of the socket's peer; null when it is not known. */
  peer: string | null;
  /** Node's own request where there is one (the fast lane); else the body is read from the web stream. */
  incoming: IncomingMessage | undefined;
  stream: () => ReadableStream<Uint8Array> | null;
};

/** What the API says to it. */
export type ApiAnswer = { status: number; headers: HeaderMap; body: string | null };
