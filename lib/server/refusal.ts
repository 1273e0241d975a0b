import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newId } from "@/lib/ids";

/** What is refused before either lane sees the request. */
export type Refusal = { status: number; code: string; detail: string; allow?: string };

/** Answers with a problem (RFC 9457) and closes the connection, whose rest is not worth reading. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { body, headers } = problem(refusal);
  response.writeHead(refusal.status, { ...headers, Connection: "close" });
  response.end(body);
}

/**
 * The same on a connection for which node made no response, and which node has let go of: nobody else listens to its
 * errors, one of which would end the process, and nobody else closes it if its client does not.
 */
export function refuseSocket(socket: Socket, refusal: Refusal): void {
  socket.on("error", () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { body, headers } = problem(refusal);
  const lines = Object.entries({ ...headers, "Content-Length": String(Buffer.byteLength(body)), Connection: "close" });
  const head = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n`;
  socket.write(`${head}${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
  socket.destroySoon();
}

function problem({ status, code, detail, allow }: Refusal): { body: string; headers: Record<string, string> } {
  const request_id = newId("req");
  const body = {
    type: `/docs/errors#${code}`,
    title: STATUS_CODES[status] ?? "Refused",
    status,
    code,
    detail,
    request_id,
  };
  return {
    body: JSON.stringify(body),
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": request_id,
      ...(allow ? { Allow: allow } : {}),
    },
  };
}
