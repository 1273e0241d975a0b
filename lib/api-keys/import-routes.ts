import { documentedImportSchema, importResultSchema, MAX_IMPORT_BYTES } from "@/lib/api-keys/import-schema";
import { importApiKeys } from "@/lib/api-keys/operations/import";
import { type Endpoint, endpoint } from "@/lib/http/endpoint";

/** Taking over keys from elsewhere. */
export const importEndpoints: Endpoint[] = [
  endpoint({
    method: "POST",
    path: "/v4/account/api-keys/import",
    tag: "API keys",
    summary: "Import existing keys by their digests",
    description:
      "Up to 1,000 keys in a body of up to 512 KiB. Each line is answered in its place and stands alone. Needs an owner's session or a key of unlimited reach.",
    status: 200,
    response: importResultSchema,
    operation: importApiKeys,
    documentedBody: documentedImportSchema,
    maxBodyBytes: MAX_IMPORT_BYTES,
  }),
];
