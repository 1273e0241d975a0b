import { type Answer, type Endpoint, endpoint } from "@/lib/http/endpoint";
import { mapPage } from "@/lib/paging";
import { createProduct, deleteProduct, getProduct, listProducts, updateProduct } from "@/lib/products/operations";
import type { ProductRow } from "@/lib/products/repository";
import { productPageSchema, productSchema } from "@/lib/products/schema";
import { toProduct } from "@/lib/products/view";
import { etagOf } from "@/lib/versions";

const LIST = "/v4/account/products";
const ONE = `${LIST}/{id}`;
const tag = "Products";

const answer = (row: ProductRow): Answer => ({ body: toProduct(row), headers: { etag: etagOf(row.version) } });

export const productEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: LIST,
    tag,
    summary: "List products",
    description: "The permission catalogue in its order, retired products included.",
    status: 200,
    response: productPageSchema,
    operation: listProducts,
    answer: (page) => ({ body: mapPage(page, toProduct) }),
  }),
  endpoint({
    method: "POST",
    path: LIST,
    tag,
    summary: "Create a product",
    description: "Its permissions are `id:action`. 409 `name_taken` if the id is taken.",
    status: 201,
    response: productSchema,
    operation: createProduct,
    answer: (row) => {
      const { body, headers } = answer(row);
      return { body, headers: { ...headers, location: `${LIST}/${row.id}` } };
    },
  }),
  endpoint({
    method: "GET",
    path: ONE,
    tag,
    summary: "Read a product",
    status: 200,
    response: productSchema,
    operation: getProduct,
    answer,
  }),
  endpoint({
    method: "PATCH",
    path: ONE,
    tag,
    summary: "Change or retire a product",
    description:
      "409 `product_in_use` if it takes away an action that a key holds. `If-Match` guards against a stale edit.",
    status: 200,
    response: productSchema,
    operation: updateProduct,
    answer,
  }),
  endpoint({
    method: "DELETE",
    path: ONE,
    tag,
    summary: "Delete a product",
    description:
      "409 `product_in_use` while a key that is not revoked holds one of its permissions; retire it instead.",
    status: 204,
    response: null,
    operation: deleteProduct,
  }),
];
