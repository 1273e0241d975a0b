import { type GuardOptions, type HeaderReader, judge } from "@/lib/client/guard";
import type { Refusal } from "@/lib/client/refusal";

// The frameworks' own types, as far as they are used: this module depends on none of them.
type NodeRequest = { rawHeaders: string[]; socket: { remoteAddress?: string | undefined } };
type NodeResponse = {
  statusCode: number;
  setHeader: (name: string, value: string) => unknown;
  end: (body: string) => unknown;
};
type FastifyRequest = { raw: NodeRequest };
type FastifyReply = {
  code: (status: number) => unknown;
  headers: (headers: Record<string, string>) => unknown;
  send: (body: Uint8Array) => unknown;
};
type HonoContext = { req: { raw: Request } };

/** Middleware for Express, Connect and whatever takes `(request, response, next)`. */
export function express<R extends NodeRequest>(options: GuardOptions<R>) {
  return async (request: R, response: NodeResponse, next: (error?: unknown) => void): Promise<void> => {
    try {
      const { refusal } = await judge(options, request, nodeHeader(request), request.socket.remoteAddress);
      if (refusal) {
        response.statusCode = refusal.status;
        for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
        response.end(refusal.body);
        return;
      }
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
}

/**
 * An `onRequest` hook for Fastify, for one route or, with `addHook`, for all. Where `require` or `clientAddress` read
 * the request, name its type: `fastify<FastifyRequest>({ … })`.
 */
export function fastify<R extends FastifyRequest>(options: GuardOptions<R>) {
  return async (request: NoInfer<R>, reply: FastifyReply): Promise<unknown> => {
    const { refusal } = await judge(options, request, nodeHeader(request.raw), request.raw.socket.remoteAddress);
    if (!refusal) return undefined;
    reply.code(refusal.status);
    reply.headers(refusal.headers);
    // As bytes: to a text Fastify adds a charset, and the problem's type has none.
    reply.send(new TextEncoder().encode(refusal.body));
    return reply;
  };
}

/** Middleware for Hono. It knows no socket: give `clientAddress` if keys may have address rules. */
export function hono<C extends HonoContext>(options: GuardOptions<C>) {
  return async (context: C, next: () => Promise<void>): Promise<Response | undefined> => {
    const { refusal } = await judge(options, context, webHeader(context.req.raw));
    if (refusal) return asResponse(refusal);
    await next();
    return undefined;
  };
}

/** A Next route handler, or any function of a web `Request`, behind the check. It knows no socket either. */
export function nextRoute<R extends Request, Rest extends unknown[]>(
  handler: (request: R, ...rest: Rest) => Response | Promise<Response>,
  options: GuardOptions<R>,
) {
  return async (request: R, ...rest: Rest): Promise<Response> => {
    const { refusal } = await judge(options, request, webHeader(request));
    return refusal ? asResponse(refusal) : handler(request, ...rest);
  };
}

const asResponse = ({ status, headers, body }: Refusal): Response => new Response(body, { status, headers });

const webHeader =
  ({ headers }: Request): HeaderReader =>
  (name) =>
    headers.get(name);

/** From the raw headers, since node keeps the first of two Authorization headers and hides the second. */
function nodeHeader({ rawHeaders }: NodeRequest): HeaderReader {
  return (name) => {
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
    return values.length === 0 ? undefined : values.join(", ");
  };
}
