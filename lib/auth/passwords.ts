import { hash, verify } from "@node-rs/argon2";
import { AppError } from "@/lib/errors";

// OWASP Password Storage: argon2id, 19 MiB, 2 passes, 1 lane; about 20 ms of one core.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PARALLEL = 2;
const QUEUE = 64;

const store = globalThis as { __latchkeyHashing?: { running: number; waiting: (() => void)[] } };

/** Runs at most two hashes at once and keeps at most 64 waiting: more get 503, so that sign-ins cannot starve the rest. */
async function bounded<T>(work: () => Promise<T>): Promise<T> {
  store.__latchkeyHashing ??= { running: 0, waiting: [] };
  const state = store.__latchkeyHashing;
  if (state.running >= PARALLEL) {
    if (state.waiting.length >= QUEUE)
      throw new AppError("unavailable", "Too many sign-ins at once. Try again.", { retryAfter: 2 });
    await new Promise<void>((resolve) => state.waiting.push(resolve));
  } else state.running++;
  try {
    return await work();
  } finally {
    const next = state.waiting.shift();
    if (next) next();
    else state.running--;
  }
}

// What is hashed is the NFC form, so that the same characters typed on another system are the same password.
const canonical = (password: string): string => password.normalize("NFC");

/** An argon2id hash in PHC string form. */
export function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(canonical(password), OPTIONS));
}

let decoy: string | undefined;

/** True if `password` is the one behind `stored`. With none stored it does the same work, so time tells nothing. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  decoy ??= await hashPassword("a password that nobody has, for equal work");
  const against = stored ?? decoy;
  const matches = await bounded(() => verify(against, canonical(password)));
  return matches && stored !== null;
}
