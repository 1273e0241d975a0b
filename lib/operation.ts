import { z } from "zod";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordDenied, recordDone } from "@/lib/audit/repository";
import { type Fresh, rereadPrincipal } from "@/lib/auth/repository";
import { type Access, authorize } from "@/lib/auth/roles";
import { beginChange, type PendingChange } from "@/lib/coherence/change";
import { type RequestContext, slower } from "@/lib/context";
import { databaseFault } from "@/lib/database-errors";
import { getDb, type Tx } from "@/lib/db";
import { AppError, notFound } from "@/lib/errors";
import { type IdempotencySpec, withIdempotency } from "@/lib/idempotency";
import { log } from "@/lib/log";
import { atMostAMinute } from "@/lib/once-a-minute";
import { fieldErrorsOf } from "@/lib/parse";
import type { Principal } from "@/lib/principal";
import { TurnsBySubject } from "@/lib/turns";

/** What an input may consist of: where the request carries each part. */
export type InputParts = { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType };
type InputOf<P extends InputParts> = { [K in keyof P]: P[K] extends z.ZodType ? z.output<P[K]> : never };

/** One verb of the domain. Callable by a page, a route or a script; authorizes and validates by itself. */
export type Operation<P extends InputParts, T> = {
  (context: RequestContext, raw: unknown): Promise<T>;
  access: Access;
  input: P;
};

export type QuerySpec<P extends InputParts, T> = {
  access: Access;
  input: P;
  /** Reads the input faster than the schema, which it is given, and to the same effect. */
  reader?: (parse: (raw: unknown) => InputOf<P>) => (raw: unknown) => InputOf<P>;
  run: (context: RequestContext, input: InputOf<P>) => Promise<T>;
};

/** A read. It writes nothing and takes no lock. */
export function query<const P extends InputParts, T>(spec: QuerySpec<P, T>): Operation<P, T> {
  const byTheSchema = parser(spec.input);
  const parse = spec.reader ? spec.reader(byTheSchema) : byTheSchema;
  const call = async (context: RequestContext, raw: unknown): Promise<T> => {
    authorize(context.principal, spec.access);
    return spec.run(context, parse(raw));
  };
  return Object.assign(call, { access: spec.access, input: spec.input });
}

export type MutationScope = Fresh & {
  tx: Tx;
  context: RequestContext;
};
export type LockTarget = { id: string; take?: () => Promise<unknown> };
export type Audited<T> = { result: T; audit: AuditEntry | AuditEntry[] };

export type MutationSpec<P extends InputParts, T> = {
  access: Access;
  /** The audit action of a refusal, and the type of what it is done to. */
  denied: { action: string; targetType: string };
  input: P;
  /** Whose turn the change takes: the id of the key or member that it changes, and a row to lock with it. */
  lock?: (tx: Tx, input: InputOf<P>, principal: Principal) => LockTarget;
  idempotency?: IdempotencySpec<T>;
  run: (scope: MutationScope, input: InputOf<P>) => Promise<Audited<T>>;
};

/**
 * A change. In one transaction: the principal is read again in its turn, so that a key revoked a moment ago cannot
 * finish its work; then `run`; then the audit events. Nothing is answered before COMMIT, nor before every instance that
 * may know what was before has forgotten it.
 */
export function mutation<const P extends InputParts, T>(spec: MutationSpec<P, T>): Operation<P, T> {
  const parse = parser(spec.input);
  const call = async (context: RequestContext, raw: unknown): Promise<T> => {
    try {
      authorize(context.principal, spec.access);
      const input = parse(raw);
      const transaction = async (tx: Tx, change: PendingChange) => {
        let isNews = false;
        const fresh = await takeTurns(tx, context, spec.lock?.(tx, input, context.principal));
        authorize(fresh.principal, spec.access);
        const scope: MutationScope = { ...fresh, tx, context };
        const perform = async () => {
          const { result, audit } = await spec.run(scope, input);
          const entries = Array.isArray(audit) ? audit : [audit];
          await recordDone(tx, actorOf(context), entries);
          isNews = entries.length > 0;
          return result;
        };
        const result = spec.idempotency
          ? await withIdempotency(scope, spec.denied.action, raw, spec.idempotency, perform)
          : await perform();
        return { result, isAnnounced: await change.announce(tx, isNews) };
      };
      const change = await beginChange();
      const done = await inFlight()
        .run(context.principal.id, () => inTransaction((tx) => transaction(tx, change)), tooManyAtOnce)
        .catch((error: unknown) => {
          change.drop();
          throw error;
        });
      if (done.isAnnounced) context.propagation = slower(context.propagation, await change.inForce());
      else change.drop();
      return done.result;
    } catch (error) {
      if (error instanceof AppError && error.status === 403) await auditRefusal(context, spec.denied, raw, error);
      throw error;
    }
  };
  return Object.assign(call, { access: spec.access, input: spec.input });
}

/** Changes of one principal that run at once in this process, and that wait: one key cannot take every connection. */
export const CHANGES_AT_ONCE = 4;
const WAITING = 200;

const store = globalThis as { __latchkeyInFlight?: TurnsBySubject };

function inFlight(): TurnsBySubject {
  store.__latchkeyInFlight ??= new TurnsBySubject(CHANGES_AT_ONCE, WAITING);
  return store.__latchkeyInFlight;
}

const tooManyAtOnce = (): AppError =>
  new AppError("rate_limited", "Too many changes by one principal are waiting. Try again.", { retryAfter: 1 });

/**
 * Takes the principal's turn in common and the target's alone, the smaller id first, so that two keys which change
 * each other cannot wait for ever; then reads the principal. Advisory locks, because they are granted in the order in
 * which they are asked for: row locks would let a busy key's own changes keep its revocation waiting.
 */
async function takeTurns(tx: Tx, context: RequestContext, target: LockTarget | undefined): Promise<Fresh> {
  const { id, organization_id } = context.principal;
  for (const name of [...new Set([id, target?.id ?? id])].sort()) {
    const turn = turnOf(organization_id, name);
    if (name === target?.id) await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`;
    else await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${turn}, 0))`;
  }
  await target?.take?.();
  return rereadPrincipal(tx, context);
}

/** The name of a key's or member's turn. The organization is in it, so that nobody can hold a foreign one's. */
export const turnOf = (organizationId: string, id: string): string => `turn:${organizationId}:${id}`;

const ATTEMPTS = 4;

/** Runs `work` in a transaction; deadlocks and serialization failures are tried again a few times. */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await getDb().prisma.$transaction(work, { maxWait: 5_000, timeout: 10_000 });
    } catch (error) {
      if (error instanceof AppError || databaseFault(error) !== "retry") throw error;
      if (attempt === ATTEMPTS) {
        throw new AppError("unavailable", "The change met others at the same time. Try again.", {
          retryAfter: 1,
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, attempt * 10 + Math.random() * 20));
    }
  }
}

function parser<P extends InputParts>(parts: P): (raw: unknown) => InputOf<P> {
  const schema = z.object(parts as z.ZodRawShape);
  return (raw) => {
    const parsed = schema.safeParse(raw, { reportInput: true });
    if (parsed.success) return parsed.data as InputOf<P>;
    // An id that cannot exist is answered like one that does not.
    if (parsed.error.issues.some((issue) => issue.path[0] === "params")) throw notFound();
    throw fieldErrorsOf(parsed.error);
  };
}

export function actorOf(context: RequestContext) {
  const { principal, ip, requestId } = context;
  return { organizationId: principal.organization_id, principal: identityOf(principal), ip, requestId };
}

export function identityOf(principal: Principal): { type: "user" | "api_key"; id: string; name: string } {
  return { type: principal.type, id: principal.id, name: principal.name };
}

async function auditRefusal(
  context: RequestContext,
  denied: { action: string; targetType: string },
  raw: unknown,
  error: AppError,
): Promise<void> {
  // The log cannot be shortened: who is refused again and again writes no more than this.
  if (!atMostAMinute(`refusals:${context.principal.id}`, 60)) return;
  const params = (raw as { params?: { id?: unknown } } | undefined)?.params;
  // Only what can be an id: people put tokens where ids go, and this log keeps what it is given.
  const id = typeof params?.id === "string" && /^[a-z]{3}_[0-9a-z]{24}$/.test(params.id) ? params.id : "";
  const entry = {
    action: denied.action,
    target: { type: denied.targetType, id, name: "" },
    changes: { refused: [null, error.code] as [unknown, unknown] },
  };
  // The refusal stands whether or not it can be written down: an unwritable log must not turn 403 into 503.
  await recordDenied(actorOf(context), entry).catch((cause) => log.error({ err: cause }, "a refusal was not audited"));
}
