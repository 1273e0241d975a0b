import { nameOf, type Schema } from "@/components/reference/document";

/** What a value may be, in words: "string, 1 to 100 characters", "array of ApiKey, at most 100", "integer or null". */
export function typeText(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== null) return name;
  const choices = choicesOf(schema);
  if (choices.length > 1) return choices.map(typeText).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  // Queries are text; what they say is a boolean all the same.
  if (schema.enum?.length === 2 && schema.enum.includes("true") && schema.enum.includes("false")) {
    return "boolean, true or false";
  }
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  switch (schema.type) {
    case "string":
      return withRange("string", schema.minLength, schema.maxLength, "characters");
    case "integer":
      return withRange("integer", schema.minimum, schema.maximum);
    case "number":
      return withRange("number", schema.minimum, schema.maximum);
    case "boolean":
      return "boolean";
    case "array":
      return withRange(listText(schema), schema.minItems, schema.maxItems);
    case "object":
      return typeof schema.additionalProperties === "object" ? mapText(schema.additionalProperties) : "object";
    case "null":
      return "null";
    default:
      return "any value";
  }
}

/** The named object that a value is, or is a list of. */
export function objectIn(schema: Schema): string | null {
  const name = nameOf(schema);
  if (name !== null) return name;
  for (const choice of choicesOf(schema)) {
    const found = choice === schema ? null : objectIn(choice);
    if (found !== null) return found;
  }
  return typeof schema.items === "object" ? objectIn(schema.items) : null;
}

/** The alternatives, one by one. */
export function choicesOf(schema: Schema): Schema[] {
  if (schema.anyOf) return schema.anyOf;
  if (!Array.isArray(schema.type)) return [schema];
  return schema.type.map((type) => (type === "null" ? { type } : { ...schema, type }));
}

function listText({ items }: Schema): string {
  if (typeof items !== "object") return "array";
  return `array of ${PLURALS[typeText({ ...items, minLength: 0, maxLength: 0 })] ?? typeText(items)}`;
}

const PLURALS: Record<string, string> = { string: "strings", integer: "integers", object: "objects" };

const mapText = (values: Schema): string => `object of ${PLURALS[typeText(values)] ?? typeText(values)} by name`;

/** Bounds that are only what a number can hold say nothing. */
const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER && value !== 0;

function withRange(text: string, least: number | undefined, most: number | undefined, unit?: string): string {
  const of = unit ? ` ${unit}` : "";
  const number = (value: number) => value.toLocaleString("en");
  if (isBound(least) && isBound(most)) return `${text}, ${number(least)} to ${number(most)}${of}`;
  if (isBound(most)) return `${text}, at most ${number(most)}${of}`;
  return isBound(least) ? `${text}, at least ${number(least)}${of}` : text;
}
