import { freshToken } from "@/lib/api-keys/digests";
import { issuedKeyReplay } from "@/lib/api-keys/issued-key";
import { keyMutation } from "@/lib/api-keys/kernel";
import { issueKey, issueKeys, type KeyOrder } from "@/lib/api-keys/operations/issue";
import { type CreateKey, createKeySchema } from "@/lib/api-keys/schema";
import type { Fresh } from "@/lib/auth/repository";

/**
 * Creates a key and returns its token, once. Guarantees that the key can do nothing that the principal cannot, on
 * any axis; limits that are left out are the principal's own.
 */
export const createApiKey = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: createKeySchema },
  idempotency: issuedKeyReplay,
  run: (scope, { body }) => issueKey(scope.tx, orderOf(scope, body)),
  together: (tx, changes) =>
    issueKeys(
      tx,
      changes.map(({ fresh, input }) => orderOf(fresh, input.body)),
    ),
});

const orderOf = ({ principal, now }: Fresh, wanted: CreateKey): KeyOrder => ({
  ...{ principal, now, wanted },
  token: freshToken,
});
