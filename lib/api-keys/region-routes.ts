import { createRegionKey, deleteRegionKey, getOwnRegion, ownRegionSchema } from "@/lib/api-keys/operations/region-keys";
import { created } from "@/lib/api-keys/routes";
import { issuedKeySchema } from "@/lib/api-keys/view";
import { type Endpoint, endpoint } from "@/lib/http/endpoint";

const tag = "Regions of a key";

/** "Regions" of the HTTP contract: what a key does in its own region. */
export const regionKeyEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: "/auth/regions/me",
    tag,
    summary: "The region of the key that asks",
    status: 200,
    response: ownRegionSchema,
    operation: getOwnRegion,
  }),
  endpoint({
    method: "POST",
    path: "/auth/region/api-keys",
    tag,
    summary: "Create a key in the own region",
    description: "The answer carries the token, once. What is left out is the key's own.",
    status: 201,
    response: issuedKeySchema,
    operation: createRegionKey,
    example: { name: "Worker 7" },
    answer: created,
    usesIdempotencyKey: true,
  }),
  endpoint({
    method: "DELETE",
    path: "/auth/region/api-keys/{id}",
    tag,
    summary: "Revoke a key of the own region",
    description: "Also the key itself, but never the last active one of the region.",
    status: 204,
    response: null,
    operation: deleteRegionKey,
  }),
];
