/** As much of a JSON Schema as the OpenAPI document uses. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
};

type Content = Record<string, { schema?: Schema; example?: unknown }>;
type Parameter = { in: string; name: string; schema?: Schema; description?: string; required?: boolean };

export type OperationObject = {
  tags?: string[];
  operationId?: string;
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description?: string; content?: Content }>;
};

/** As much of an OpenAPI document as the reference shows. */
export type OpenApi = {
  paths: Record<string, Record<string, OperationObject>>;
  components?: { schemas?: Record<string, Schema> };
};

/** The schema that is meant: behind its name, where it has one. */
export function resolved(schema: Schema, document: OpenApi): Schema {
  const name = nameOf(schema);
  const named = name === null ? undefined : document.components?.schemas?.[name];
  return named ? resolved(named, document) : schema;
}

/** The name under which the document describes a schema, or null for one that has none. */
export const nameOf = ({ $ref }: Schema): string | null => $ref?.split("/").at(-1) ?? null;
