import { type Attempt, attempt } from "@/lib/attempt";
import { actorOf } from "@/lib/audit/actor";
import { recordAllDone } from "@/lib/audit/repository";
import type { Fresh } from "@/lib/auth/repository";
import { type Access, authorize } from "@/lib/auth/roles";
import { Batches } from "@/lib/batches";
import { beginChange, type PendingChange } from "@/lib/coherence/change";
import type { Propagated, RequestContext } from "@/lib/context";
import { databaseFault } from "@/lib/database-errors";
import type { Tx } from "@/lib/db";
import { AppError } from "@/lib/errors";
import type { Audited } from "@/lib/operation";
import { shareTurns } from "@/lib/principal-turns";
import { inTransaction } from "@/lib/transaction";

/** A change that was made, and when it is in force everywhere; null when nobody keeps what it changed. */
export type Made<T> = { result: T; inForce: Promise<Propagated> | null };

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
 * Makes changes that arrive at the same time in one transaction, as many statements and one COMMIT for all of them;
 * each with its own principal read again in its turn, its own audit event and its own refusal. One that arrives alone
 * waits for nothing. Only requests of one organization are put together, so none waits for a stranger.
 * @returns null when it must be made alone: its turn is taken, or the database refused the transaction.
 */
export function sharing<I, T>(spec: Shareable<I, T>): (asked: Asked<I>) => Promise<Attempt<Made<T>> | null> {
  const organizations = new Map<string, Batches<Asked<I>, Attempt<Made<T>> | null>>();
  return async (asked) => {
    const { organization_id } = asked.context.principal;
    const batches = organizations.get(organization_id) ?? new Batches((all) => makeAll(spec, all), LIMITS);
    organizations.set(organization_id, batches);
    try {
      return await batches.ask(asked);
    } finally {
      if (batches.isIdle) organizations.delete(organization_id);
    }
  };
}

const LIMITS = { atOnce: AT_ONCE, size: LARGEST };

async function makeAll<I, T>(spec: Shareable<I, T>, asked: Asked<I>[]): Promise<(Attempt<Made<T>> | null)[]> {
  const change = await beginChange();
  const done = await inTransaction((tx) => makeIn(tx, spec, asked, change)).catch((error: unknown) => {
    change.drop();
    if (error instanceof AppError || databaseFault(error) === "unavailable") throw error;
    return null;
  });
  // It was refused as a whole for what one of them holds. Each finds out by itself whether that is its own.
  if (done === null) return asked.map(() => null);
  const inForce = (await done.isAnnounced) ? change.inForce() : null;
  if (inForce === null) change.drop();
  // Whoever made a change waits for it, and is told.
  else inForce.catch(() => {});
  return done.outcomes.map((one) => (one?.ok ? { ok: true, value: { result: one.value.result, inForce } } : one));
}

async function makeIn<I, T>(tx: Tx, spec: Shareable<I, T>, asked: Asked<I>[], change: PendingChange) {
  const outcomes = await outcomesOf(tx, spec, asked);
  const records = asked.flatMap(({ context }, i) => {
    const one = outcomes[i];
    return one?.ok ? { actor: actorOf(context), entries: [one.value.audit].flat() } : [];
  });
  if (records.length === 0) return { outcomes, isAnnounced: false };
  const isNews = records.some(({ entries }) => entries.length > 0);
  tx.withCommit(recordAllDone(tx, records));
  const isAnnounced = change.announce(tx, isNews);
  tx.withCommit(isAnnounced);
  return { outcomes, isAnnounced };
}

/** Null for who must go alone. */
async function outcomesOf<I, T>(
  tx: Tx,
  { access, together }: Shareable<I, T>,
  asked: Asked<I>[],
): Promise<(Attempt<Audited<T>> | null)[]> {
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
