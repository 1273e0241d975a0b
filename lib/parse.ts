import type { z } from "zod";
import { type AppError, type FieldError, validationFailed } from "@/lib/errors";

const MAX_FIELD_ERRORS = 100;

/**
 * A zod error as a 422. Paths start with the part of the request (`body`, `query`), which the pointer leaves out:
 * `/allowed_ips/1` points into the body, `/limit` names the query parameter.
 */
export function fieldErrorsOf(error: z.ZodError): AppError {
  const errors = error.issues.flatMap(fieldErrors).slice(0, MAX_FIELD_ERRORS);
  return validationFailed(errors);
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.slice(1);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      code: "unknown_field",
      detail: `There is no field named ${JSON.stringify(key.slice(0, 64))}.`,
    }));
  }
  const params = issue.code === "custom" ? (issue.params as { code?: unknown } | undefined) : undefined;
  const code = typeof params?.code === "string" ? params.code : codeOf(issue);
  return [{ pointer: pointerOf(path), code, detail: issue.message }];
}

/** RFC 6901: `~` and `/` inside a member name are escaped. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).slice(0, 128).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return issue.input === undefined ? "required" : "invalid_type";
  if (issue.code === "too_big") return "too_long";
  if (issue.code === "too_small") return "too_short";
  return "invalid_value";
}
