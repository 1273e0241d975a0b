"use client";

import { useRef, useState } from "react";
import type { FieldValues, UseFormSetError } from "react-hook-form";
import { type ApiMethod, callApi, type FormAlert } from "@/components/api-client";
import { showProblem } from "@/components/problem-text";

type Save = { method: ApiMethod; path: string; body: unknown; etag?: string | undefined };

/**
 * Sends a form, once at a time, and puts what the API refuses onto its fields. `isStale`: someone else changed the
 * thing first, and nothing was saved. Nothing that was typed is lost by a refusal.
 */
export function useSave<V extends FieldValues>(setError: UseFormSetError<V>, fields: readonly (keyof V & string)[]) {
  const [alert, setAlert] = useState<FormAlert | null>(null);
  const [isStale, setIsStale] = useState(false);
  const running = useRef(false);

  /** The answer's body, or null when the form shows why there is none. */
  const save = async <T>({ method, path, body, etag }: Save): Promise<{ saved: T } | null> => {
    if (running.current) return null;
    running.current = true;
    setAlert(null);
    const answer = await callApi<T>(method, path, body, etag === undefined ? {} : { headers: { "if-match": etag } });
    running.current = false;
    if (answer.ok) return { saved: answer.data };
    if (answer.problem.status === 412) setIsStale(true);
    else setAlert(showProblem(answer.problem, setError, fields));
    return null;
  };
  return { alert, isStale, save };
}
