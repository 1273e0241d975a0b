import { nameOf, type OpenApi, type OperationObject, resolved, type Schema } from "@/components/reference/document";
import { choicesOf, objectIn, typeText } from "@/components/reference/type-text";

/** A value that is sent or answered. A part of another has its place in its name: `scopes[].action`. */
export type Field = {
  name: string;
  type: string;
  /** The described object that it is, or is a list of. */
  object: string | null;
  isRequired: boolean;
  /** What stands there if it is left out; null when nothing does. */
  fallback: string | null;
  description: string;
};

/** An object of the answers, by its name. Of one that has all that another has, only what it has beyond. */
export type Described = { name: string; extending: string | null; fields: Field[] };

export type Operation = {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: (Field & { place: string })[];
  body: { isRequired: boolean; fields: Field[] } | null;
  answer: { status: string; object: string | null; fields: Field[] };
  /** A call of it for a terminal; null for what only a session of the console may do. */
  example: string | null;
};

export type Section = { slug: string; title: string; operations: Operation[]; objects: Described[] };

/** What the OpenAPI document says, by its tags and in its order. `origin` is where the examples call. */
export function referenceOf(document: OpenApi, origin: string): Section[] {
  const sections = new Map<string, Section>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, object] of Object.entries(methods)) {
      const title = object.tags?.[0] ?? "Others";
      const section = sections.get(title) ?? { slug: slugOf(title), title, operations: [], objects: [] };
      section.operations.push(operationOf(document, method.toUpperCase(), path, object, origin));
      sections.set(title, section);
    }
  }
  for (const section of sections.values()) section.objects = objectsOf(document, section.operations);
  return [...sections.values()];
}

const slugOf = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

function operationOf(
  document: OpenApi,
  method: string,
  path: string,
  object: OperationObject,
  origin: string,
): Operation {
  const body = object.requestBody?.content["application/json"];
  const [status, answered] = Object.entries(object.responses).find(([code]) => code !== "default") ?? ["200", {}];
  const answer = answered.content?.["application/json"]?.schema;
  const named = answer ? objectIn(answer) : null;
  return {
    id: object.operationId ?? `${method} ${path}`,
    method,
    path,
    summary: object.summary ?? "",
    description: object.description ?? "",
    parameters: (object.parameters ?? []).map(({ name, in: place, schema = {}, description, required = false }) => ({
      ...fieldOf(name, description ? { ...schema, description } : schema, required),
      place,
    })),
    body: body?.schema
      ? { isRequired: object.requestBody?.required ?? false, fields: fieldsOf(document, body.schema, true) }
      : null,
    answer: {
      status,
      object: named,
      fields: answer && named === null ? fieldsOf(document, answer, false) : [],
    },
    example: exampleOf(method, `${origin}${path}`, object.security ?? [], body?.example),
  };
}

function exampleOf(method: string, url: string, security: Record<string, string[]>[], body: unknown): string | null {
  const takesToken = security.some((way) => "bearer" in way);
  if (!takesToken && security.length > 0) return null;
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${url.replaceAll(/[{}]/g, (brace) => (brace === "{" ? "$" : ""))}`,
  ];
  if (takesToken) lines.push('-H "Authorization: Bearer $LATCHKEY_TOKEN"');
  if (body !== undefined) {
    lines.push('-H "Content-Type: application/json"');
    lines.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''").replaceAll("\n", "\n     ")}'`);
  }
  return lines.join(" \\\n  ");
}

/** The named objects of these answers, and those that they hold, each once. */
function objectsOf(document: OpenApi, operations: Operation[]): Described[] {
  const described = new Map<string, Described>();
  const add = (name: string | null) => {
    if (name === null || described.has(name)) return;
    const one = describedAs(document, name);
    described.set(name, one);
    add(one.extending);
    for (const { object } of one.fields) add(object);
  };
  for (const { answer } of operations) {
    add(answer.object);
    for (const { object } of answer.fields) add(object);
  }
  return [...described.values()];
}

function describedAs(document: OpenApi, name: string): Described {
  const schema = document.components?.schemas?.[name] ?? {};
  const extending = extendedBy(document, name);
  const inherited = new Set(Object.keys(document.components?.schemas?.[extending ?? ""]?.properties ?? {}));
  const fields = fieldsOf(document, schema, false).filter((field) => !inherited.has(field.name.split(/[.[]/)[0] ?? ""));
  return { name, extending, fields };
}

/** The largest other object of which `name` has every part, as it is there. */
function extendedBy(document: OpenApi, name: string): string | null {
  const schemas = document.components?.schemas ?? {};
  const own = schemas[name]?.properties ?? {};
  const parts = (of: string) => Object.entries(schemas[of]?.properties ?? {});
  const held = Object.keys(schemas).filter((other) => {
    const others = parts(other);
    if (other === name || others.length < 3 || others.length >= Object.keys(own).length) return false;
    return others.every(([part, schema]) => JSON.stringify(own[part]) === JSON.stringify(schema));
  });
  return held.toSorted((a, b) => parts(b).length - parts(a).length)[0] ?? null;
}

/** The parts of an object, those of its own objects after each; named objects are opened only where `opens` says so. */
function fieldsOf(document: OpenApi, schema: Schema, opens: boolean, prefix = ""): Field[] {
  const { properties = {}, required = [] } = resolved(schema, document);
  return Object.entries(properties).flatMap(([name, part]) => [
    fieldOf(`${prefix}${name}`, opens ? openly(document, part) : part, required.includes(name)),
    ...insideOf(document, part, opens).flatMap(({ inner, mark }) =>
      fieldsOf(document, inner, opens, `${prefix}${name}${mark}`),
    ),
  ]);
}

/** The objects that a value holds without a name of their own. */
function insideOf(document: OpenApi, schema: Schema, opens: boolean): { inner: Schema; mark: string }[] {
  const shown = opens ? resolved(schema, document) : schema;
  return choicesOf(shown).flatMap((choice) => {
    if (choice.properties) return { inner: choice, mark: "." };
    const items = typeof choice.items === "object" ? choice.items : null;
    if (items === null || (nameOf(items) !== null && !opens)) return [];
    const inner = resolved(items, document);
    return inner.properties ? { inner, mark: "[]." } : [];
  });
}

/** A named object is told as an object where its parts follow it. */
function openly(document: OpenApi, schema: Schema): Schema {
  const shown = { ...resolved(schema, document) };
  if (typeof shown.items === "object") shown.items = { ...resolved(shown.items, document) };
  return shown;
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): Field {
  const described = [schema, ...choicesOf(schema)].find(({ description }) => description);
  return {
    name,
    type: typeText(schema),
    object: objectIn(schema),
    isRequired,
    fallback: schema.default === undefined ? null : JSON.stringify(schema.default),
    description: described?.description ?? "",
  };
}
