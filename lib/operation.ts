import { z } from "zod";
import type { AuditAction } from "@/lib/audit/actions";
import type { AuditEntry } from "@/lib/audit/entry";
import { recordDenied } from "@/lib/audit/repository";
import { whoAsks } from "@/lib/audit/who";
import type { Fresh } from "@/lib/auth/repository";
import { type Access, authorize } from "@/lib/auth/roles";
import { type RequestContext, slower } from "@/lib/context";
import type { Tx } from "@/lib/db";
import { AppError, notFound } from "@/lib/errors";
import { type IdempotencySpec, withIdempotency } from "@/lib/idempotency";
import { isId } from "@/lib/ids";
import { log } from "@/lib/log";
import { type Made, makeChange } from "@/lib/make-change";
import { atMostAMinute } from "@/lib/once-a-minute";
import { fieldErrorsOf } from "@/lib/parse";
import type { Principal } from "@/lib/principal";
import { type LockTarget, takeTurns } from "@/lib/principal-turns";
import { PATIENCE_MS, type Shareable, sharing, waitedTooLong } from "@/lib/together";
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

/** The audit action of a refusal, and the type of what it is done to. */
type Denied = { action: AuditAction; targetType: string };

export type QuerySpec<P extends InputParts, T> = {
  access: Access;
  /** For what is no change itself but makes some: which of them a refusal is written down as. */
  denied?: (raw: unknown) => Denied;
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
  const audited = spec.denied ? auditingRefusals(call, spec.denied) : call;
  return Object.assign(audited, { access: spec.access, input: spec.input });
}

type Call<T> = (context: RequestContext, raw: unknown) => Promise<T>;

/** `call`, with its 403s in the audit log. One that passes through two of these is written down by the inner. */
function auditingRefusals<T>(call: Call<T>, denied: (raw: unknown) => Denied): Call<T> {
  return async (context, raw) => {
    try {
      return await call(context, raw);
    } catch (error) {
      if (error instanceof AppError && error.status === 403 && !writtenDown.has(error)) {
        writtenDown.add(error);
        await auditRefusal(context, denied(raw), raw, error);
      }
      throw error;
    }
  };
}

const writtenDown = new WeakSet<AppError>();

export type MutationScope = Fresh & {
  tx: Tx;
  context: RequestContext;
};
export type Audited<T> = { result: T; audit: AuditEntry | AuditEntry[] };

export type MutationSpec<P extends InputParts, T> = {
  access: Access;
  denied: Denied;
  input: P;
  /** Whose turn the change takes: the id of the key or member that it changes, and a row to lock with it. */
  lock?: (tx: Tx, input: InputOf<P>, principal: Principal) => LockTarget;
  idempotency?: IdempotencySpec<T>;
  /**
   * It ends what it names. One that finds nothing there may be a repetition of one whose answer was lost: it says so
   * only when what was done before is in force everywhere.
   */
  ends?: true;
  run: (scope: MutationScope, input: InputOf<P>) => Promise<Audited<T>>;
  /** As `run`, for keys' requests of one organization that come at once and have neither a target nor a retry. */
  together?: Shareable<InputOf<P>, T>["together"];
};

/**
 * A change. In one transaction, its own or one that it shares: the principal is read again in its turn, so that a key
 * revoked a moment ago cannot finish its work; then `run`; then the audit events. Nothing is answered before COMMIT,
 * nor before every instance that may know what was before has forgotten it.
 */
export function mutation<const P extends InputParts, T>(spec: MutationSpec<P, T>): Operation<P, T> {
  const parse = parser(spec.input);
  const share = spec.together && sharing({ access: spec.access, together: spec.together });
  const makeSharedOrAlone = async (
    context: RequestContext,
    input: InputOf<P>,
    raw: unknown,
    since: number,
  ): Promise<Made<T | Gone>> => {
    const shared = share && mayShare(context) ? await share({ context, input }, since) : null;
    if (shared === null) return makeAlone(spec, context, input, raw);
    if (!shared.ok) throw shared.error;
    return shared.value;
  };
  const call = async (context: RequestContext, raw: unknown): Promise<T> => {
    authorize(context.principal, spec.access);
    const input = parse(raw);
    const since = performance.now();
    const make = () => makeSharedOrAlone(context, input, raw, since);
    const { result, inForce } = await inFlight().run(context.principal.id, make, {
      full: tooManyAtOnce,
      late: waitedTooLong,
    });
    // Outside the principal's turn: waiting for the instances holds nothing.
    if (inForce) context.propagation = slower(context.propagation, await inForce);
    if (result instanceof Gone) throw result.error;
    return result;
  };
  const audited = auditingRefusals(call, () => spec.denied);
  return Object.assign(audited, { access: spec.access, input: spec.input });
}

/** A retry has a lock and a record of its own; sessions make few changes. */
const mayShare = ({ principal, idempotencyKey }: RequestContext): boolean =>
  principal.type === "api_key" && idempotencyKey === undefined;

const makeAlone = <P extends InputParts, T>(
  spec: MutationSpec<P, T>,
  context: RequestContext,
  input: InputOf<P>,
  raw: unknown,
): Promise<Made<T | Gone>> =>
  makeChange<T | Gone>(async (tx) => {
    const fresh = await takeTurns(tx, context, spec.lock?.(tx, input, context.principal));
    authorize(fresh.principal, spec.access);
    const scope: MutationScope = { ...fresh, tx, context };
    let entries: AuditEntry[] = [];
    const perform = async () => {
      const { result, audit } = await spec.run(scope, input);
      entries = [audit].flat();
      return result;
    };
    const result = spec.idempotency
      ? await withIdempotency(scope, spec.denied.action, raw, spec.idempotency, perform)
      : await (spec.ends ? perform().catch(gone) : perform());
    return { result, deeds: [{ who: whoAsks(context), entries }] };
  });

/** There was nothing to end, and nothing was changed. */
class Gone {
  constructor(readonly error: AppError) {}
}

function gone(error: unknown): Gone {
  if (error instanceof AppError && error.code === "not_found") return new Gone(error);
  throw error;
}

/** Changes of one principal that run at once in this process, and that wait: one key cannot take every connection. */
export const CHANGES_AT_ONCE = 4;
const LIMITS = { atOnce: CHANGES_AT_ONCE, waiting: 200, patienceMs: PATIENCE_MS };

const store = globalThis as { __latchkeyInFlight?: TurnsBySubject };

function inFlight(): TurnsBySubject {
  store.__latchkeyInFlight ??= new TurnsBySubject(LIMITS);
  return store.__latchkeyInFlight;
}

const tooManyAtOnce = (): AppError =>
  new AppError("rate_limited", "Too many changes by one principal are waiting. Try again.", { retryAfter: 1 });

/** What an operation does not take, it refuses: nothing that was sent may be ignored that could have been meant. */
const NOTHING = z.strictObject({}).optional();

function parser<P extends InputParts>(parts: P): (raw: unknown) => InputOf<P> {
  const schema = z.object({ query: NOTHING, body: NOTHING, ...parts } as z.ZodRawShape);
  return (raw) => {
    const parsed = schema.safeParse(raw, { reportInput: true });
    if (parsed.success) return parsed.data as InputOf<P>;
    // An id that cannot exist is answered like one that does not.
    if (parsed.error.issues.some((issue) => issue.path[0] === "params")) throw notFound();
    throw fieldErrorsOf(parsed.error);
  };
}

async function auditRefusal(context: RequestContext, denied: Denied, raw: unknown, error: AppError): Promise<void> {
  // The log cannot be shortened: who is refused again and again writes no more than this.
  if (!atMostAMinute(`refusals:${context.principal.id}`, 60)) return;
  const params = (raw as { params?: { id?: unknown } } | undefined)?.params;
  // Only what can be an id: people put tokens where ids go, and this log keeps what it is given.
  const id = typeof params?.id === "string" && isId(params.id) ? params.id : "";
  const entry = {
    action: denied.action,
    target: { type: denied.targetType, id, name: "" },
    changes: { refused: [null, error.code] as [unknown, unknown] },
  };
  // The refusal stands whether or not it can be written down: an unwritable log must not turn 403 into 503.
  await recordDenied(whoAsks(context), entry).catch((cause) => log.error({ err: cause }, "a refusal was not audited"));
}
