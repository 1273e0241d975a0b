import { type Answer, type Endpoint, endpoint } from "@/lib/http/endpoint";
import { mapPage } from "@/lib/paging";
import {
  createSubaccount,
  deleteSubaccount,
  getSubaccount,
  listSubaccounts,
  updateSubaccount,
} from "@/lib/subaccounts/operations";
import type { SubaccountRow } from "@/lib/subaccounts/repository";
import { subaccountPageSchema, subaccountSchema } from "@/lib/subaccounts/schema";
import { toSubaccount } from "@/lib/subaccounts/view";
import { etagOf } from "@/lib/versions";

const LIST = "/v4/account/subaccounts";
const ONE = `${LIST}/{id}`;
const tag = "Subaccounts";

const answer = (row: SubaccountRow): Answer => ({ body: toSubaccount(row), headers: { etag: etagOf(row.version) } });

export const subaccountEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: LIST,
    tag,
    summary: "List subaccounts",
    description: "Oldest first. A member who is limited to certain subaccounts sees only those.",
    status: 200,
    response: subaccountPageSchema,
    operation: listSubaccounts,
    answer: (page) => ({ body: mapPage(page, toSubaccount) }),
  }),
  endpoint({
    method: "POST",
    path: LIST,
    tag,
    summary: "Create a subaccount",
    description: "409 `name_taken` if another one has this `external_id`.",
    status: 201,
    response: subaccountSchema,
    operation: createSubaccount,
    answer: (row) => {
      const { body, headers } = answer(row);
      return { body, headers: { ...headers, location: `${LIST}/${row.id}` } };
    },
  }),
  endpoint({
    method: "GET",
    path: ONE,
    tag,
    summary: "Read a subaccount",
    status: 200,
    response: subaccountSchema,
    operation: getSubaccount,
    answer,
  }),
  endpoint({
    method: "PATCH",
    path: ONE,
    tag,
    summary: "Change a subaccount",
    description: "`null` clears `external_id`. `If-Match` guards against a stale edit.",
    status: 200,
    response: subaccountSchema,
    operation: updateSubaccount,
    answer,
  }),
  endpoint({
    method: "DELETE",
    path: ONE,
    tag,
    summary: "Delete a subaccount",
    description:
      "Takes it out of every key's list. A key whose list becomes empty that way reaches no subaccount. When so many keys name it that they do not fit in a request, the answer is 503, and who repeats the request goes on.",
    status: 204,
    response: null,
    operation: deleteSubaccount,
  }),
];
