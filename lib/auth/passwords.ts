import { availableParallelism } from "node:os";
import { AppError } from "@/lib/errors";
import { Turns } from "@/lib/turns";

// OWASP Password Storage: argon2id, 19 MiB, 2 passes, 1 lane; about 20 ms of one core.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PARALLEL = Math.max(1, availableParallelism() - 1);
const LIMITS = { atOnce: PARALLEL, waiting: 64, patienceMs: 10_000 };

/** Loaded with the first password: the process that answers the API hardly ever has one. */
const argon2 = () => import("@node-rs/argon2");

const store = globalThis as { __latchkeyHashing?: Turns };

/** One core at least is left to everything else, and no more than 64 wait, for ten seconds at most: sign-ins cannot starve the keys. */
function bounded<T>(work: () => Promise<T>): Promise<T> {
  store.__latchkeyHashing ??= new Turns(LIMITS);
  return store.__latchkeyHashing.run(work, { full: tooManyAtOnce, late: tooManyAtOnce });
}

const tooManyAtOnce = (): AppError =>
  new AppError("unavailable", "Too many sign-ins at once. Try again.", { retryAfter: 2 });

// What is hashed is the NFC form, so that the same characters typed on another system are the same password.
const canonical = (password: string): string => password.normalize("NFC");

/** An argon2id hash in PHC string form. */
export function hashPassword(password: string): Promise<string> {
  return bounded(async () => (await argon2()).hash(canonical(password), OPTIONS));
}

let decoy: string | undefined;

/** True if `password` is the one behind `stored`. With none stored it does the same work, so time tells nothing. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  decoy ??= await hashPassword("a password that nobody has, for equal work");
  const against = stored ?? decoy;
  const matches = await bounded(async () => (await argon2()).verify(against, canonical(password)));
  return matches && stored !== null;
}
