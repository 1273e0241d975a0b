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
      "Up to 1,000 keys in a body of up to 512 KiB. Each line is answered in its place and stands alone. For the session of an owner or an admin without limits, or a key of unlimited reach.",
    status: 200,
    response: importResultSchema,
    operation: importApiKeys,
    documentedBody: documentedImportSchema,
    example: {
      keys: [
        {
          name: "Old billing key",
          permissions: ["residential:read"],
          prefix: "acme_live_",
          last_characters: "x9Kd",
          digest: { algorithm: "sha256", hex: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
        },
      ],
    },
    maxBodyBytes: MAX_IMPORT_BYTES,
  }),
];
