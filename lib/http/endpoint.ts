import type { z } from "zod";
import type { Access } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import type { HeaderMap } from "@/lib/http/problem";
import type { PolicyName } from "@/lib/http/rate-limit";
import type { InputParts, Operation } from "@/lib/operation";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
/** `body` is answered as JSON, or as it is when it is text; `json` is JSON already. */
export type Answer = { body?: unknown; json?: string; headers?: HeaderMap; status?: number };

/** A request without a principal: setup, invitations, health, and what a gateway forwards. */
export type PublicRequest = {
  requestId: string;
  ip: string | null;
  /** The query as it was sent. */
  search: string;
  /** The parts that the endpoint takes, unchecked; empty for what a gateway forwards. */
  raw: unknown;
  header: (name: string) => string | undefined;
};

/** What every endpoint says of itself. */
type Described = {
  method: Method;
  /** Whatever the method is, but those of the connection itself (TRACE, CONNECT): a gateway passes its client's on. */
  anyMethod?: true;
  /** With OpenAPI's braces: `/v4/account/api-keys/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  status: number;
  /** The shape of the answer; null when it has no body. */
  response: z.ZodType | null;
  /** The rate limit that counts the principal's requests; `key` and the organization's together unless said. */
  limit?: PolicyName;
  /** What the reference shows for the body, where the operation reads it more leniently. */
  documentedBody?: z.ZodType;
  /** A body to start from, for the reference. A test holds it against the schema. */
  example?: unknown;
  /** 64 KiB unless said. */
  maxBodyBytes?: number;
};

/** One row of the HTTP contract: what the router serves, the tests walk through and the OpenAPI document lists. */
export type Endpoint = Described & { input: InputParts } & (
    | {
        kind: "principal";
        access: Access;
        call: (context: RequestContext, raw: unknown) => Promise<Answer>;
        usesIdempotencyKey: boolean;
      }
    | { kind: "public" | "forwarded"; access: "public"; call: (request: PublicRequest) => Promise<Answer> }
  );

/** Binds an operation to a method and a path. `answer` may say more than the plain JSON of the result. */
export function endpoint<P extends InputParts, T>(
  described: Described & { operation: Operation<P, T>; answer?: (result: T) => Answer; usesIdempotencyKey?: boolean },
): Endpoint {
  const { operation, answer, usesIdempotencyKey = false, ...rest } = described;
  return {
    ...rest,
    kind: "principal",
    access: operation.access,
    input: operation.input,
    usesIdempotencyKey,
    call: async (context, raw) => {
      const result = await operation(context, raw);
      return answer ? answer(result) : rest.response === null ? {} : { body: result };
    },
  };
}

/** Binds what needs no credential. */
export function publicEndpoint(
  described: Described & { input: InputParts; call: (request: PublicRequest) => Promise<Answer> },
): Endpoint {
  return { ...described, kind: "public", access: "public" };
}

/** Binds what judges a client's token on behalf of a gateway: it never reads the body, and limits no one's traffic. */
export function forwardedEndpoint(
  described: Described & { input: InputParts; call: (request: PublicRequest) => Promise<Answer> },
): Endpoint {
  return { ...described, kind: "forwarded", access: "public" };
}
