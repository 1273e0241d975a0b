import { issuedKeyReplay } from "@/lib/api-keys/issued-key";
import { keyMutation } from "@/lib/api-keys/kernel";
import { issueKey } from "@/lib/api-keys/operations/issue";
import { createKeySchema } from "@/lib/api-keys/schema";

/**
 * Creates a key and returns its token, once. Guarantees that the key can do nothing that the principal cannot, on
 * any axis; limits that are left out are the principal's own.
 */
export const createApiKey = keyMutation({
  access: "account:apikeys:create",
  denied: { action: "api_key.created", targetType: "api_key" },
  input: { body: createKeySchema },
  idempotency: issuedKeyReplay,
  run: (scope, { body }) => issueKey(scope, body),
});
