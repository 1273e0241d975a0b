import type { NewToken } from "@/lib/api-keys/digests";
import { exceeding, reachOf } from "@/lib/api-keys/grants";
import { type ImportKey, type ImportResult, importKeySchema, importSchema } from "@/lib/api-keys/import-schema";
import { sealImported } from "@/lib/api-keys/imported-token";
import { noteImporting } from "@/lib/api-keys/importing";
import { keyMutation, keyQuery } from "@/lib/api-keys/kernel";
import { issueKey } from "@/lib/api-keys/operations/create";
import { hasDigest, isTaken, markImporting } from "@/lib/api-keys/repository-import";
import type { RequestContext } from "@/lib/context";
import type { Tx } from "@/lib/db";
import { AppError, validationFailed } from "@/lib/errors";
import type { OrganizationId } from "@/lib/ids";
import { type Catalogue, grantablePermissions } from "@/lib/organizations/catalogue";
import { signingKeysOf } from "@/lib/organizations/signing-keys";
import type { Principal } from "@/lib/principal";
import { readCatalogue } from "@/lib/products/repository";

/** Lines in work at the same time: enough to hide the commits' latency, few enough to leave connections to others. */
const PARALLEL = 4;

/**
 * Takes over up to 1,000 keys whose tokens clients have already: only a digest of each is known, and it is sealed
 * under the signing key before it is stored. Each line stands alone, a change of its own with its own audit event and
 * answer; one that was imported before is refused, so a request may be sent again. For an owner's session, or a key of
 * unlimited reach: whoever imports chooses the tokens.
 */
export const importApiKeys = keyQuery({
  access: "account:apikeys:create",
  input: { body: importSchema },
  run: async (context, { body }) => {
    const { principal } = context;
    requireUnlimited(principal, await readCatalogue(principal.organization_id));
    const results = await inParallel(body.keys, (line, index) => importLine(context, line, index));
    return { imported: results.filter(({ ok }) => ok).length, results };
  },
});

const importApiKey = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: importKeySchema },
  run: async (scope, { body }) => {
    const { tx, principal } = scope;
    const { digest, prefix, last_characters, ...wanted } = body;
    const made = await sealedToken(tx, principal.organization_id, body);
    const { result, audit } = await issueKey(scope, wanted, async () => made);
    await markImporting(tx, principal.organization_id);
    const entries = [audit].flat().map((entry) => ({
      ...entry,
      changes: { ...entry.changes, imported: [null, digest.algorithm] as [unknown, unknown] },
    }));
    return { result: result.key, audit: entries };
  },
});

async function importLine(context: RequestContext, line: unknown, index: number): Promise<ImportResult> {
  try {
    const { id } = await importApiKey(context, { body: line });
    noteImporting(context.principal.organization_id);
    return { index, ok: true, id, code: null, detail: null, errors: [], exceeding: null };
  } catch (thrown) {
    const error = isTaken(thrown) ? alreadyImported() : thrown;
    // One line's refusal is an answer, not the end of the others. Whatever is no refusal ends the request.
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const { errors = [], exceeding: beyond = null } = error.extras;
    return { index, ok: false, id: null, code: error.code, detail: error.message, errors, exceeding: beyond };
  }
}

/** The token's place in the database. Refused if it has one, under whichever signing key and in whatever state. */
async function sealedToken(tx: Tx, organizationId: OrganizationId, line: ImportKey): Promise<NewToken> {
  const { algorithm, hex } = line.digest;
  const digest = Buffer.from(hex, "hex");
  const seal = (secret: Buffer) => new Uint8Array(sealImported(algorithm, digest, secret));
  const keys = await signingKeysOf(tx, organizationId);
  const [current] = keys;
  if (
    await hasDigest(
      tx,
      keys.map(({ secret }) => seal(secret)),
    )
  )
    throw alreadyImported();
  return {
    token: null,
    preview: `${line.prefix}…${line.last_characters ?? ""}`,
    digest: seal(current.secret),
    signing_key_version: current.version,
    imported: algorithm,
  };
}

const alreadyImported = (): AppError =>
  validationFailed([
    { pointer: "/digest", code: "already_imported", detail: "A key with this token exists already, or existed." },
  ]);

/** Whoever chooses tokens could make one that others believe to be theirs: it takes all there is to hand out. */
function requireUnlimited(principal: Principal, catalogue: Catalogue): void {
  if (principal.type === "user" ? principal.role === "owner" : isUnlimited(principal, catalogue)) return;
  throw new AppError(
    "insufficient_permissions",
    "Importing keys needs an owner's session, or a key with every permission and scope and without limits.",
  );
}

function isUnlimited(principal: Principal, catalogue: Catalogue): boolean {
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

async function inParallel<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}
