import { describe, expect, it } from "vitest";
import type { OpenApi } from "@/components/reference/document";
import { referenceOf } from "@/components/reference/reference";
import { typeText } from "@/components/reference/type-text";
import { DESCRIBED } from "@/lib/http/endpoints";
import { openApiText } from "@/lib/http/openapi";

const document = JSON.parse(openApiText(DESCRIBED)) as OpenApi;
const sections = referenceOf(document, "https://keys.example.com");
const operations = sections.flatMap((section) => section.operations);
const operation = (method: string, path: string) => {
  const found = operations.find((one) => one.method === method && one.path === path);
  if (!found) throw new Error(`${method} ${path} is not described.`);
  return found;
};

describe("the API reference", () => {
  it("describes every operation of the document once", () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(documented.toSorted());
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(sections.map(({ slug }) => slug)).size).toBe(sections.length);
  });

  it("names what a body takes, its parts by their place, and what is required", () => {
    const { body } = operation("POST", "/v4/account/api-keys");
    const fields = new Map(body?.fields.map((field) => [field.name, field]));
    expect(fields.get("name")).toMatchObject({ type: "string, 1 to 100 characters", isRequired: true });
    expect(fields.get("scopes")).toMatchObject({ type: "array of objects, at most 100", isRequired: false });
    expect(fields.get("scopes[].action")?.type).toBe('"read", "write", "admin", "*"');
    expect(fields.get("expires_at")?.type).toMatch(/^integer.* or null$/);
  });

  it("requires the ids of a bulk change", () => {
    const { body } = operation("POST", "/v4/account/api-keys/bulk");
    expect(body?.fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(["action", "ids"]);
  });

  it("describes every object that an answer names on the same page", () => {
    for (const { title, operations, objects } of sections) {
      const described = new Set(objects.map(({ name }) => name));
      const named = [
        ...operations.flatMap(({ answer }) => [answer.object, ...answer.fields.map(({ object }) => object)]),
        ...objects.flatMap(({ extending, fields }) => [extending, ...fields.map(({ object }) => object)]),
      ];
      for (const name of named) if (name !== null) expect(described, title).toContain(name);
    }
  });

  it("tells of an object that has all of another only what it has beyond", () => {
    const objects = sections.flatMap((section) => section.objects);
    const issued = objects.find(({ name }) => name === "IssuedApiKey");
    expect(issued?.extending).toBe("ChangedApiKey");
    expect(issued?.fields.map(({ name }) => name)).toEqual(["token"]);
  });

  it("shows a call of everything that a key may do, and of nothing else", () => {
    expect(operation("POST", "/v4/account/api-keys/{id}/regenerate").example).toBe(
      [
        "curl -X POST https://keys.example.com/v4/account/api-keys/$id/regenerate",
        '-H "Authorization: Bearer $LATCHKEY_TOKEN"',
        '-H "Content-Type: application/json"',
        "-d '{\n       \"grace_period_seconds\": 86400\n     }'",
      ].join(" \\\n  "),
    );
    expect(operation("GET", "/v4/account/api-keys").example).toMatch(/^curl https:/);
    expect(operation("POST", "/v4/account/members").example).toBeNull();
  });
});

describe("the examples of the contract", () => {
  const withBody = DESCRIBED.filter(({ input }) => input.body);

  it.each(withBody.filter(({ example }) => example !== undefined))("$method $path takes its example", (endpoint) => {
    const schema = endpoint.documentedBody ?? endpoint.input.body;
    expect(schema?.safeParse(endpoint.example)).toMatchObject({ success: true });
  });

  it("exist for every body that a key, or nobody in particular, may send", () => {
    const lacking = withBody.filter(({ example, access }) => {
      const isForSessions = access === "member" || access === "manager" || access === "owner";
      return example === undefined && !isForSessions;
    });
    expect(lacking.map(({ path }) => path)).toEqual([]);
  });
});

describe("a type in words", () => {
  it.each([
    [{ type: "string" }, "string"],
    [{ type: ["string", "null"] }, "string or null"],
    [{ anyOf: [{ type: "string", maxLength: 500 }, { type: "null" }] }, "string, at most 500 characters or null"],
    [{ type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 }, "integer"],
    [{ type: "integer", minimum: 0, maximum: 604800 }, "integer, at most 604,800"],
    [{ type: "array", items: { type: "string" }, maxItems: 200 }, "array of strings, at most 200"],
    [{ type: "array", items: { $ref: "#/components/schemas/ApiKey" } }, "array of ApiKey"],
    [{ type: "object", additionalProperties: { type: "integer" } }, "object of integers by name"],
    [{ type: "boolean" }, "boolean"],
    [{ type: "boolean", const: true }, "true"],
    [{}, "any value"],
  ])("%j is %s", (schema, text) => {
    expect(typeText(schema)).toBe(text);
  });
});
