type Told = { databaseMs: number; askedAt: number };

const store = globalThis as { __latchkeyDatabaseClock?: Told };

/** For so long the clock of the database and ours cannot have come apart by more than a fraction of a second. */
const TRUSTED_MS = 3_000;

/**
 * Notes what the database's clock said. `askedAt`: our monotonic clock (`performance.now()`) before the question was
 * sent, so that what we make of it is never behind the database.
 */
export function noteDatabaseTime(time: Date, askedAt: number): void {
  const told = store.__latchkeyDatabaseClock;
  if (told === undefined || askedAt >= told.askedAt) {
    store.__latchkeyDatabaseClock = { databaseMs: time.getTime(), askedAt };
  }
}

/**
 * The database's time, in milliseconds, by what it said last: ahead of it by the time that its answer took at most.
 * Null when it has said nothing for three seconds. Expiry is judged by the database's clock alone, so that an
 * instance whose own is wrong neither revives a key nor ends one early.
 */
export function databaseTime(): number | null {
  const told = store.__latchkeyDatabaseClock;
  if (told === undefined) return null;
  const since = performance.now() - told.askedAt;
  return since <= TRUSTED_MS ? told.databaseMs + since : null;
}
