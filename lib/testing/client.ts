import { webLane } from "@/lib/http/web-lane";

export type Answer = {
  status: number;
  headers: Headers;
  /** The parsed JSON, or the text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the contract promises and fails where it is not there.
  body: any;
};

export type Sent = { body?: unknown; headers?: Record<string, string>; text?: string };
export type Identity = { token?: string; cookie?: string; ip?: string };

/** The origin that the tests' instance has, for requests with a session cookie. */
export const ORIGIN = "http://127.0.0.1:3000";

const PEER_SECRET = "the-peer-secret-of-the-tests";

/** Calls the real API app as one principal, from one address, without a network in between. */
export function apiClient({ token, cookie, ip = "203.0.113.7" }: Identity = {}) {
  (globalThis as { __latchkeyPeerSecret?: string }).__latchkeyPeerSecret = PEER_SECRET;
  const send = async (method: string, path: string, { body, headers = {}, text }: Sent = {}): Promise<Answer> => {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await webLane(
      new Request(new URL(path, ORIGIN), {
        method,
        ...(payload === undefined ? {} : { body: payload }),
        headers: {
          "x-latchkey-peer": `${PEER_SECRET}.${ip}`,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(cookie === undefined ? {} : { cookie, origin: ORIGIN, "sec-fetch-site": "same-origin" }),
          ...(payload === undefined
            ? {}
            : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) }),
          ...headers,
        },
      }),
    );
    const answered = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && answered !== "" ? JSON.parse(answered) : answered,
    };
  };
  return {
    send,
    get: (path: string, headers?: Record<string, string>) => send("GET", path, headers ? { headers } : {}),
    post: (path: string, body?: unknown, headers?: Record<string, string>) =>
      send("POST", path, { body, ...(headers ? { headers } : {}) }),
    put: (path: string, body: unknown, headers?: Record<string, string>) =>
      send("PUT", path, { body, ...(headers ? { headers } : {}) }),
    patch: (path: string, body: unknown, headers?: Record<string, string>) =>
      send("PATCH", path, { body, ...(headers ? { headers } : {}) }),
    delete: (path: string, headers?: Record<string, string>) => send("DELETE", path, headers ? { headers } : {}),
  };
}

export type Client = ReturnType<typeof apiClient>;
