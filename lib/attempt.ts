import { AppError } from "@/lib/errors";

/** What came of one of several: its result, or its refusal, which keeps no other from being done. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; error: AppError };

/** Runs `work`. A refusal of it is an outcome; what is none (the database is away, say) is thrown on. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: refusalOf(error) };
  }
}

/** The error, if it is a refusal. @throws it, if it is not. */
export function refusalOf(error: unknown): AppError {
  if (error instanceof AppError && error.status < 500) return error;
  throw error;
}
