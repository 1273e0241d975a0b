import { type Attempt, attempt } from "@/lib/attempt";
import { whoAsks } from "@/lib/audit/who";
import type { Fresh } from "@/lib/auth/repository";
import { type Access, authorize } from "@/lib/auth/roles";
import { BatchesBySubject } from "@/lib/batches";
import type { RequestContext } from "@/lib/context";
import { databaseFault } from "@/lib/database-errors";
import type { Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import { type Made, makeChange, type Work } from "@/lib/make-change";
import type { Audited } from "@/lib/operation";
import { shareTurns } from "@/lib/principal-turns";

/** What a change may be that shares its transaction: one of a key, with no target of its own. */
export type Shareable<I, T> = {
  access: Access;
  /**
   * Makes the changes of several requests of one organization. A refusal is an outcome in its place and must have
   * written nothing. Throws only what ends them all.
   */
  together: (tx: Tx, changes: { fresh: Fresh; input: I }[]) => Promise<Attempt<Audited<T>>[]>;
};

type Asked<I> = { context: RequestContext; input: I };

/** Transactions of one organization at once, and requests in one: it holds the turns of all of them. */
const AT_ONCE = 2;
const LARGEST = 32;
/**
 * How long a change waits for its principal's turn and for a transaction to share, both together: with five seconds for
 * a connection and ten in a statement it is answered within twenty, and none is made long after its client has left.
 */
export const PATIENCE_MS = 3_500;

/** What a change is refused with that has waited for so long. */
export const waitedTooLong = (): AppError =>
  new AppError("unavailable", "The changes before this one take too long. Nothing was changed. Try again.", {
    retryAfter: 2,
  });

/**
 * Makes changes that arrive at the same time in one transaction, as many statements and one COMMIT for all of them;
 * each with its own principal read again in its turn, its own audit event and its own refusal. One that arrives alone
 * waits for nothing. Only requests of one organization are put together, so none waits for a stranger.
 * @returns null when it must be made alone: its turn is taken, or the database refused the transaction. `since` is
 * when the request began to wait.
 */
export function sharing<I, T>(
  spec: Shareable<I, T>,
): (asked: Asked<I>, since: number) => Promise<Attempt<Made<T>> | null> {
  const limits = { atOnce: AT_ONCE, size: LARGEST, patienceMs: PATIENCE_MS, refusal: waitedTooLong };
  const organizations = new BatchesBySubject((all: Asked<I>[]) => makeAll(spec, all), limits);
  return (asked, since) => organizations.ask(asked.context.principal.organization_id, asked, since);
}

async function makeAll<I, T>(spec: Shareable<I, T>, asked: Asked<I>[]): Promise<(Attempt<Made<T>> | null)[]> {
  const made = await makeChange((tx) => makeIn(tx, spec, asked)).catch((error: unknown) => {
    if (error instanceof AppError || databaseFault(error) === "unavailable") throw error;
    return null;
  });
  // It was refused as a whole for what one of them holds. Each finds out by itself whether that is its own.
  if (made === null) return asked.map(() => null);
  const { result: outcomes, inForce } = made;
  // Whoever made a change waits for it, and is told.
  inForce?.catch(() => {});
  return outcomes.map((one) => (one?.ok ? { ok: true, value: { result: one.value.result, inForce } } : one));
}

type Outcomes<T> = (Attempt<Audited<T>> | null)[];

async function makeIn<I, T>(tx: Tx, spec: Shareable<I, T>, asked: Asked<I>[]): Promise<Work<Outcomes<T>>> {
  const result = await outcomesOf(tx, spec, asked);
  const deeds = asked.flatMap(({ context }, i) => {
    const one = result[i];
    return one?.ok ? { who: whoAsks(context), entries: [one.value.audit].flat() } : [];
  });
  return { result, deeds };
}

/** Null for who must go alone. */
async function outcomesOf<I, T>(
  tx: Tx,
  { access, together }: Shareable<I, T>,
  asked: Asked<I>[],
): Promise<Outcomes<T>> {
  const fresh = await shareTurns(
    tx,
    asked.map(({ context }) => context),
  );
  const admitted = await Promise.all(fresh.map((one) => (one?.ok ? attempt(() => admit(one.value, access)) : one)));
  const changes = asked.flatMap(({ input }, i) => {
    const one = admitted[i];
    return one?.ok ? { fresh: one.value, input } : [];
  });
  const made = changes.length > 0 ? await together(tx, changes) : [];
  return admitted.map((one) => (one?.ok ? (made.shift() ?? null) : one));
}

function admit(fresh: Fresh, access: Access): Fresh {
  authorize(fresh.principal, access);
  return fresh;
}
