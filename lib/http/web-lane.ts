import { answer } from "@/lib/http/api";
import { peerFromHeader } from "@/lib/http/client-address";

/** Serves the API to a host that speaks the web's Request and Response, as Next's route handlers do. */
export async function webLane(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { status, headers, body } = await answer({
    method: request.method,
    path: pathname,
    search: search.slice(1),
    header: (name) => request.headers.get(name) ?? undefined,
    // Two lines arrive joined by a comma here, which is no Authorization value.
    authorizations: 1,
    peer: peerFromHeader(request.headers.get("x-latchkey-peer")),
    incoming: undefined,
    stream: () => request.body,
  });
  return new Response(request.method === "HEAD" ? null : body, { status, headers });
}
