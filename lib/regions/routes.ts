import { type Answer, type Endpoint, endpoint } from "@/lib/http/endpoint";
import { mapPage } from "@/lib/paging";
import { createRegion, deleteRegion, getRegion, listRegions, updateRegion } from "@/lib/regions/operations";
import type { RegionRow } from "@/lib/regions/repository";
import { regionPageSchema, regionSchema } from "@/lib/regions/schema";
import { toRegion } from "@/lib/regions/view";
import { etagOf } from "@/lib/versions";

const LIST = "/v4/account/regions";
const ONE = `${LIST}/{id}`;
const tag = "Regions";

const answer = (row: RegionRow): Answer => ({ body: toRegion(row), headers: { etag: etagOf(row.version) } });

export const regionEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: LIST,
    tag,
    summary: "List regions",
    description: "Oldest first.",
    status: 200,
    response: regionPageSchema,
    operation: listRegions,
    answer: (page) => ({ body: mapPage(page, toRegion) }),
  }),
  endpoint({
    method: "POST",
    path: LIST,
    tag,
    summary: "Create a region",
    description: "409 `name_taken` if the organization has one of this name.",
    status: 201,
    response: regionSchema,
    operation: createRegion,
    answer: (row) => {
      const { body, headers } = answer(row);
      return { body, headers: { ...headers, location: `${LIST}/${row.id}` } };
    },
  }),
  endpoint({
    method: "GET",
    path: ONE,
    tag,
    summary: "Read a region",
    status: 200,
    response: regionSchema,
    operation: getRegion,
    answer,
  }),
  endpoint({
    method: "PATCH",
    path: ONE,
    tag,
    summary: "Change a region",
    description:
      "`is_default: true` makes it the region of keys that name none. `If-Match` guards against a stale edit.",
    status: 200,
    response: regionSchema,
    operation: updateRegion,
    answer,
  }),
  endpoint({
    method: "DELETE",
    path: ONE,
    tag,
    summary: "Delete a region",
    description: "409 `region_in_use` while any key's record is in it, revoked ones included, and for the last region.",
    status: 204,
    response: null,
    operation: deleteRegion,
  }),
];
