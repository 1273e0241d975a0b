import type { FieldValues, Path, UseFormSetError } from "react-hook-form";
import type { Exceeding, FieldError } from "@/lib/errors";

/** An error answer of the API (RFC 9457), or what stands for one when no answer came. */
export type Problem = {
  /** 0 when the server was not reached. */
  status: number;
  /** A code of the API, or "network". */
  code: string;
  title: string;
  detail?: string;
  request_id?: string;
  errors?: FieldError[];
  exceeding?: Exceeding;
};

export type ApiAnswer<T> =
  | { ok: true; status: number; data: T; headers: Headers }
  | { ok: false; problem: Problem; headers?: Headers };

export type ApiMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Calls the API from the browser with the session cookie. Never throws: a failure of the network or an answer that is
 * not the API's becomes a problem too. `T` is what the API's contract promises for this call; 204 gives undefined.
 */
export async function callApi<T = undefined>(
  method: ApiMethod,
  path: string,
  body?: unknown,
  options: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<ApiAnswer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : JSON_TYPE), ...options.headers },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal ?? null,
    });
    const data: unknown = response.status === 204 ? undefined : await response.json().catch(() => null);
    // The contract's own tests hold the server to T; here it is taken at its word.
    if (response.ok && data !== null)
      return { ok: true, status: response.status, data: data as T, headers: response.headers };
    return { ok: false, problem: isProblem(data) ? data : unexpected(response.status), headers: response.headers };
  } catch {
    return { ok: false, problem: NETWORK_PROBLEM };
  }
}

const JSON_TYPE = { "content-type": "application/json" };

const NETWORK_PROBLEM: Problem = {
  status: 0,
  code: "network",
  title: "The server could not be reached",
  detail: "Check your connection and try again. Whatever you sent may or may not have been saved.",
};

function unexpected(status: number): Problem {
  return {
    status,
    code: "unexpected_answer",
    title: "The server gave an unexpected answer",
    detail: `It answered with status ${status}. Try again in a moment.`,
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "title" in value && "status" in value;
}

/** What a form shows at its top; `links` lead to the fields that are meant. */
export type FormAlert = { title: string; details: string[]; links?: readonly { text: string; onSelect: () => void }[] };

/**
 * Puts the problem's field errors on the form's fields, by their pointers (`/allowed_ips/1` → `allowed_ips.1`), focuses
 * the first, and returns what is left for an alert of the whole form: null when every error found its field.
 */
export function applyProblem<T extends FieldValues>(
  problem: Problem,
  setError: UseFormSetError<T>,
  fieldNames: readonly (keyof T & string)[],
): FormAlert | null {
  const placed = new Set<string>();
  const rest: string[] = [];

  for (const error of problem.errors ?? []) {
    const path = pathOf(error.pointer);
    if (!fieldNames.some((name) => name === path[0])) rest.push(error.detail);
    else {
      const field = path.join(".");
      // A path into T's fields by construction, which the type cannot see.
      if (!placed.has(field))
        setError(field as Path<T>, { type: "server", message: error.detail }, { shouldFocus: placed.size === 0 });
      placed.add(field);
    }
  }
  if (placed.size > 0 && rest.length === 0) return null;
  return { title: problem.title, details: rest.length > 0 ? rest : problem.detail ? [problem.detail] : [] };
}

/** The steps of a JSON Pointer (RFC 6901). */
function pathOf(pointer: string): string[] {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
