import { z } from "zod";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordDenied, recordDone } from "@/lib/audit/repository";
import { type Fresh, rereadPrincipal } from "@/lib/auth/repository";
import { type Access, authorize } from "@/lib/auth/roles";
import type { RequestContext } from "@/lib/context";
import { databaseFault } from "@/lib/database-errors";
import { getDb, type Tx } from "@/lib/db";
import { AppError, notFound } from "@/lib/errors";
import { type IdempotencySpec, withIdempotency } from "@/lib/idempotency";
import { log } from "@/lib/log";
import { atMostAMinute } from "@/lib/once-a-minute";
import { fieldErrorsOf } from "@/lib/parse";
import type { Principal } from "@/lib/principal";

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
  run: (context: RequestContext, input: InputOf<P>) => Promise<T>;
};

/** A read. It writes nothing and takes no lock. */
export function query<const P extends InputParts, T>(spec: QuerySpec<P, T>): Operation<P, T> {
  const parse = parser(spec.input);
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
export type Audited<T> = { result: T; audit: AuditEntry | AuditEntry[] };

export type MutationSpec<P extends InputParts, T> = {
  access: Access;
  /** The audit action of a refusal, and the type of what it is done to. */
  denied: { action: string; targetType: string };
  input: P;
  /** Locks the row that is going to change, before or after the principal's own, whichever has the smaller id. */
  lock?: (tx: Tx, input: InputOf<P>) => { id: string; take: () => Promise<unknown> };
  idempotency?: IdempotencySpec<T>;
  run: (scope: MutationScope, input: InputOf<P>) => Promise<Audited<T>>;
};

/**
 * A change. In one transaction: the principal's own row is read again under a share lock, so that a key revoked a
 * moment ago cannot finish its work; then `run`; then the audit events. Nothing is answered before COMMIT.
 */
export function mutation<const P extends InputParts, T>(spec: MutationSpec<P, T>): Operation<P, T> {
  const parse = parser(spec.input);
  const call = async (context: RequestContext, raw: unknown): Promise<T> => {
    try {
      authorize(context.principal, spec.access);
      const input = parse(raw);
      return await inTransaction(async (tx) => {
        const fresh = await lockInOrder(tx, context, spec.lock?.(tx, input));
        authorize(fresh.principal, spec.access);
        const scope: MutationScope = { ...fresh, tx, context };
        const perform = async () => {
          const { result, audit } = await spec.run(scope, input);
          await recordDone(tx, actorOf(context), Array.isArray(audit) ? audit : [audit]);
          return result;
        };
        return spec.idempotency
          ? withIdempotency(scope, spec.denied.action, raw, spec.idempotency, perform)
          : perform();
      });
    } catch (error) {
      if (error instanceof AppError && error.status === 403) await auditRefusal(context, spec.denied, raw, error);
      throw error;
    }
  };
  return Object.assign(call, { access: spec.access, input: spec.input });
}

/**
 * Two keys that change each other lock the same two rows: always the smaller id first, so neither waits for ever. A key
 * that changes itself takes the lock for the change first: two requests that both went from sharing to it would.
 */
async function lockInOrder(
  tx: Tx,
  context: RequestContext,
  target: { id: string; take: () => Promise<unknown> } | undefined,
): Promise<Fresh> {
  const self = () => rereadPrincipal(tx, context);
  if (!target) return self();
  if (target.id <= context.principal.id) {
    await target.take();
    return self();
  }
  const fresh = await self();
  await target.take();
  return fresh;
}

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
  const id = typeof params?.id === "string" ? params.id.slice(0, 64) : "";
  const entry = {
    action: denied.action,
    target: { type: denied.targetType, id, name: "" },
    changes: { refused: [null, error.code] as [unknown, unknown] },
  };
  // The refusal stands whether or not it can be written down: an unwritable log must not turn 403 into 503.
  await recordDenied(actorOf(context), entry).catch((cause) => log.error({ err: cause }, "a refusal was not audited"));
}
