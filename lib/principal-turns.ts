import type { Attempt } from "@/lib/attempt";
import { type Fresh, rereadKeys, rereadPrincipal } from "@/lib/auth/repository";
import type { RequestContext } from "@/lib/context";
import type { Tx } from "@/lib/db";

/**
 * What a change is made to: the id of the key or member whose turn it takes alone, and a row to lock with it. `take`
 * asks for all its statements before it waits for any.
 */
export type LockTarget = { id: string; take?: () => Promise<unknown> };

/** The name of a key's or member's turn. The organization is in it, so that nobody can hold a foreign one's. */
export const turnOf = (organizationId: string, id: string): string => `turn:${organizationId}:${id}`;

/**
 * Takes the principal's turn in common and the target's alone, the smaller id first, so that two keys which change
 * each other cannot wait for ever; then reads the principal. Advisory locks, because they are granted in the order in
 * which they are asked for: row locks would let a busy key's own changes keep its revocation waiting. All in one round
 * trip, in which each statement sees what is there when those before it are granted.
 */
export async function takeTurns(tx: Tx, context: RequestContext, target: LockTarget | undefined): Promise<Fresh> {
  const { id, organization_id } = context.principal;
  const taken = [...new Set([id, target?.id ?? id])].sort().map((name) => {
    const turn = turnOf(organization_id, name);
    return name === target?.id
      ? tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`
      : tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${turn}, 0))`;
  });
  const held = target?.take?.();
  const [fresh] = await Promise.all([rereadPrincipal(tx, context), held, ...taken]);
  return fresh;
}

/**
 * As `takeTurns`, for keys of one organization whose changes have no target, and without waiting: null for one whose
 * turn somebody holds alone or waits for. So no key has to wait in another's queue.
 */
export async function shareTurns(tx: Tx, contexts: readonly RequestContext[]): Promise<(Attempt<Fresh> | null)[]> {
  const turns = contexts.map(({ principal }) => turnOf(principal.organization_id, principal.id));
  const [free, fresh] = await Promise.all([
    tx.$queryRaw<{ turn: string }[]>`
      SELECT turn FROM unnest(${[...new Set(turns)]}::text[]) AS t (turn)
      WHERE pg_try_advisory_xact_lock_shared(hashtextextended(turn, 0))`,
    rereadKeys(tx, contexts),
  ]);
  const taken = new Set(free.map(({ turn }) => turn));
  return fresh.map((one, i) => (taken.has(turns[i] ?? "") ? one : null));
}
