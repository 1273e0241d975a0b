export type Request = { method: "GET" | "POST"; path: string; headers: Record<string, string>; body?: string };

/** A GET with a token. */
export const getWith = (token: string, path: string): Request => ({
  method: "GET",
  path,
  headers: { authorization: `Bearer ${token}` },
});

/** A POST of JSON, with a token if there is one. */
export const postWith = (token: string | null, path: string, body: object): Request => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  body: JSON.stringify(body),
});

/** Sends one and throws unless it succeeds, so that no benchmark measures how fast something is refused. */
export async function tryOne(url: string, { path, ...init }: Request): Promise<string> {
  const answer = await fetch(`${url}${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${init.method} ${path} answered ${answer.status}: ${text}`);
  return text;
}

/** As it goes over the wire. */
export function rawRequest({ method, path, headers, body }: Request, host: string): string {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}
