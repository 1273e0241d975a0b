import { z } from "zod";
import type { NewToken } from "@/lib/api-keys/digests";
import { exceeding, reachOf } from "@/lib/api-keys/grants";
import { type ImportKey, type ImportResult, importKeySchema, importSchema } from "@/lib/api-keys/import-schema";
import { sealImported } from "@/lib/api-keys/imported-token";
import { noteImporting } from "@/lib/api-keys/importing";
import type { IssuedKey } from "@/lib/api-keys/issued-key";
import { keyMutation, keyQuery } from "@/lib/api-keys/kernel";
import { issueKeys } from "@/lib/api-keys/operations/issue";
import { hexOf, isTaken, markImporting, takenDigests } from "@/lib/api-keys/repository-import";
import type { Attempt } from "@/lib/attempt";
import type { RequestContext } from "@/lib/context";
import type { Tx } from "@/lib/db";
import { AppError, validationFailed } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import type { Audited } from "@/lib/operation";
import { type Catalogue, grantablePermissions } from "@/lib/organizations/catalogue";
import { signingKeysOf } from "@/lib/organizations/signing-keys";
import { fieldErrorsOf } from "@/lib/parse";
import type { Principal } from "@/lib/principal";
import { readCatalogue } from "@/lib/products/repository";

/** Lines in one transaction. */
const BATCH = 100;
const ATTEMPTS = 3;

/**
 * Takes over up to 1,000 keys whose tokens clients have already: only a digest of each is known, and it is sealed
 * under the signing key before it is stored. Each line stands alone, with its own audit event and answer; one that was
 * imported before is refused, so a request that was cut off may be sent again. For the session of
 * an owner or of an admin without limits, or a key of unlimited reach: whoever imports chooses the tokens.
 */
export const importApiKeys = keyQuery({
  access: "account:apikeys:create",
  denied: () => ({ action: "api_key.created", targetType: "api_key" }),
  input: { body: importSchema },
  run: async (context, { body }) => {
    const { principal } = context;
    requireUnlimited(principal, await readCatalogue(principal.organization_id));
    const lines = body.keys.map((key, index) => ({ index, read: lineSchema.safeParse({ body: key }, REPORTING) }));
    const good = lines.flatMap(({ index, read }) => (read.success ? { index, line: read.data.body } : []));
    const results = lines.flatMap(({ index, read }) => (read.success ? [] : refused(index, fieldErrorsOf(read.error))));
    for (let start = 0; start < good.length; start += BATCH) {
      const batch = good.slice(start, start + BATCH);
      const issued = await importBatch(
        context,
        batch.map(({ line }) => line),
      );
      for (const [i, { index }] of batch.entries()) {
        const one = issued[i];
        if (one) results.push(one.ok ? done(index, one.value.result.key.id) : refused(index, one.error));
      }
    }
    results.sort((a, b) => a.index - b.index);
    return { imported: results.filter(({ ok }) => ok).length, results };
  },
});

const lineSchema = z.object({ body: importKeySchema });
const REPORTING = { reportInput: true } as const;

const importLines = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: z.array(z.custom<ImportKey>()) },
  run: async (scope, { body: lines }) => {
    const { tx, principal, now } = scope;
    const tokens = await importedTokens(tx, principal.organization_id, lines);
    const orders = lines.map(({ digest: _, prefix: __, last_characters: ___, ...wanted }, index) => {
      const token = () => tokens(index);
      return { principal, now, wanted, token };
    });
    const issued = await issueKeys(tx, orders);
    if (issued.some(({ ok }) => ok)) await markImporting(tx, principal.organization_id);
    const audit = issued.flatMap((one, index) => (one.ok ? audited(one.value, lines[index]) : []));
    return { result: issued, audit };
  },
});

/** Another import may have taken a token between the look and the write: then what is taken is seen the next time. */
async function importBatch(context: RequestContext, lines: ImportKey[]): Promise<Attempt<Audited<IssuedKey>>[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const issued = await importLines(context, { body: lines });
      noteImporting(context.principal.organization_id);
      return issued;
    } catch (error) {
      if (!isTaken(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The tokens' places in the database. One that has a place, under whichever signing key and in whatever state, is refused. */
async function importedTokens(
  tx: Tx,
  organizationId: OrganizationId,
  lines: ImportKey[],
): Promise<(index: number) => NewToken> {
  const keys = await signingKeysOf(tx, organizationId);
  const sealed = lines.map(({ digest: { algorithm, hex } }) =>
    keys.map(({ secret }) => new Uint8Array(sealImported(algorithm, Buffer.from(hex, "hex"), secret))),
  );
  const taken = await takenDigests(tx, sealed.flat());
  return (index) => {
    const line = lines[index];
    const [digest] = sealed[index] ?? [];
    if (!line || !digest) throw new Error("A line without a digest was read.");
    if (sealed[index]?.some((seal) => taken.has(hexOf(seal)))) throw alreadyImported();
    taken.add(hexOf(digest));
    const preview = `${line.prefix}…${line.last_characters ?? ""}`;
    return { token: null, preview, digest, signing_key_version: keys[0].version, imported: line.digest.algorithm };
  };
}

const alreadyImported = (): AppError =>
  validationFailed([
    { pointer: "/digest", code: "already_imported", detail: "A key with this token exists already, or existed." },
  ]);

function audited({ audit }: Audited<IssuedKey>, line: ImportKey | undefined) {
  const imported: [unknown, unknown] = [null, line?.digest.algorithm ?? null];
  return [audit].flat().map((entry) => ({ ...entry, changes: { ...entry.changes, imported } }));
}

const done = (index: number, id: string): ImportResult => ({
  ...{ index, ok: true, id },
  ...{ code: null, detail: null, errors: [], exceeding: null },
});

function refused(index: number, { code, message, extras }: AppError): ImportResult {
  const { errors = [], exceeding: beyond = null } = extras;
  return { index, ok: false, id: null, code, detail: message, errors, exceeding: beyond };
}

/** Whoever chooses tokens could make one that others believe to be theirs: it takes all there is to hand out. */
function requireUnlimited(principal: Principal, catalogue: Catalogue): void {
  if (isUnlimited(principal, catalogue)) return;
  throw new AppError(
    "insufficient_permissions",
    "Importing keys needs the session of an owner or an unlimited admin, or a key with every permission and scope and without limits.",
  );
}

function isUnlimited(principal: Principal, catalogue: Catalogue): boolean {
  if (principal.type === "user") {
    const { role, permissions, subaccounts } = principal;
    return role === "owner" || (role === "admin" && permissions === null && subaccounts === null);
  }
  const everything = {
    permissions: grantablePermissions(catalogue),
    scopes: [{ action: "*", resource: "*" }] as const,
    all_subaccounts: true,
    allowed_subaccounts: [],
    allowed_ips: [],
    expires_at: null,
  };
  return exceeding(reachOf(principal, catalogue), everything) === null;
}
