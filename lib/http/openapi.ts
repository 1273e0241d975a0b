import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { ERRORS } from "@/lib/errors";
import { type Endpoint, publicEndpoint } from "@/lib/http/endpoint";

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERRORS) as [string, ...string[]]),
    detail: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
    exceeding: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });

/** `GET /v4/openapi.json`: the contract, made from the schemas that requests and answers are checked with. */
export function openApiEndpoint(endpoints: Endpoint[]): Endpoint {
  return publicEndpoint({
    method: "GET",
    path: "/v4/openapi.json",
    tag: "Reference",
    summary: "This API as an OpenAPI 3.1 document",
    status: 200,
    response: null,
    input: {},
    call: async () => ({ body: openApiText(endpoints), headers: { "content-type": "application/json" } }),
  });
}

const texts = new WeakMap<Endpoint[], string>();

/** The OpenAPI 3.1 document of `endpoints` as JSON, made once. */
export function openApiText(endpoints: Endpoint[]): string {
  const text = texts.get(endpoints) ?? JSON.stringify(openApiDocument(endpoints));
  texts.set(endpoints, text);
  return text;
}

/** The OpenAPI 3.1 document of `endpoints`. */
export function openApiDocument(endpoints: Endpoint[]) {
  const paths: ZodOpenApiPathsObject = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationObject(endpoint) };
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Latchkey",
      version: "4",
      description: "Create, scope, rotate, watch, verify and revoke API keys. Times are Unix seconds.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An API key's token." },
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same token in another header." },
        apiToken: { type: "apiKey", in: "header", name: "api-token", description: "The same token in another header." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "latchkey.session",
          description: "A member's session, as the console uses it. Over HTTPS the name starts with `__Host-`.",
        },
      },
    },
  });
}

function operationObject(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { input, response, status } = endpoint;
  const problem = { description: "A problem", content: { "application/problem+json": { schema: problemSchema } } };
  return {
    tags: [endpoint.tag],
    summary: endpoint.summary,
    operationId: operationId(endpoint),
    description: [endpoint.description, accessSentence(endpoint)].filter(Boolean).join("\n\n"),
    security: securityOf(endpoint),
    requestParams: {
      ...(input.params instanceof z.ZodObject ? { path: input.params } : {}),
      ...(input.query instanceof z.ZodObject ? { query: input.query } : {}),
      header: headersOf(endpoint),
    },
    ...(input.body
      ? {
          requestBody: {
            required: !input.body.safeParse(undefined).success,
            content: {
              "application/json": {
                schema: endpoint.documentedBody ?? input.body,
                ...(endpoint.example === undefined ? {} : { example: endpoint.example }),
              },
            },
          },
        }
      : {}),
    responses: {
      [String(status)]: response
        ? { description: "Done", content: { "application/json": { schema: response } } }
        : { description: "Done" },
      default: problem,
    },
  };
}

const TOKENS: Record<string, string[]>[] = [{ bearer: [] }, { apiKey: [] }, { apiToken: [] }];
const SESSION: Record<string, string[]>[] = [{ session: [] }];

/** A key never gets past an operation that asks for a kind of session. */
function securityOf({ access, kind }: Endpoint): Record<string, string[]>[] {
  if (kind === "forwarded") return TOKENS;
  if (access === "public") return [];
  return access === "member" || access === "manager" || access === "owner" ? SESSION : [...TOKENS, ...SESSION];
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{16,128}$/)
  .optional()
  .meta({ description: "16 to 128 visible ASCII characters. A retry within 24 hours makes nothing new." });
const ifMatch = z
  .string()
  .optional()
  .meta({ description: "The `ETag` that the change was made from; 412 if it has moved on." });

function headersOf(endpoint: Endpoint): z.ZodObject {
  const retries = endpoint.kind === "principal" && endpoint.usesIdempotencyKey;
  const edits = endpoint.kind === "principal" && endpoint.method !== "GET" && endpoint.method !== "POST";
  return z.object({
    ...(retries ? { "Idempotency-Key": idempotencyKey } : {}),
    ...(edits ? { "If-Match": ifMatch } : {}),
  });
}

function operationId({ method, path }: Endpoint): string {
  const words = path
    .replaceAll(/[{}]/g, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word && word !== "v4");
  return [method.toLowerCase(), ...words]
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
}

function accessSentence({ access, kind }: Endpoint): string {
  if (kind === "forwarded") return "Needs the client's token, of an active key.";
  if (access === "public") return "";
  if (access === "any") return "Any principal may call it.";
  if (access === "member") return "Needs a member's session.";
  if (access === "manager") return "Needs the session of an owner or admin.";
  if (access === "owner") return "Needs an owner's session.";
  return `Needs \`${access}\`.`;
}
