import { changesBetween } from "@/lib/api-keys/changes";
import type { AuditAction } from "@/lib/audit/actions";
import type { AuditEntry } from "@/lib/audit/entry";
import { AppError, notFound } from "@/lib/errors";
import { mutation, query } from "@/lib/operation";
import { pageQuerySchema } from "@/lib/paging";
import {
  actionsInUse,
  changeProduct,
  countKeysOfProducts,
  findProduct,
  insertProduct,
  lockProduct,
  type ProductChange,
  type ProductRow,
  removeProduct,
  selectProducts,
} from "@/lib/products/repository";
import { createProductSchema, productParams, type UpdateProduct, updateProductSchema } from "@/lib/products/schema";
import { requireVersion } from "@/lib/versions";

/** The permission catalogue in its order, retired products included. Open to every member. */
export const listProducts = query({
  access: "member",
  input: { query: pageQuerySchema },
  run: ({ principal }, { query: page }) => selectProducts(principal.organization_id, page),
});

/** How many keys that are not revoked use each product: one that any uses cannot be deleted. */
export const countProductUse = query({
  access: "member",
  input: {},
  run: ({ principal }) => countKeysOfProducts(principal.organization_id),
});

export const getProduct = query({
  access: "member",
  input: { params: productParams },
  run: async ({ principal }, { params }) => (await findProduct(principal.organization_id, params.id)) ?? absent(),
});

export const createProduct = mutation({
  access: "manager",
  denied: { action: "product.created", targetType: "product" },
  input: { body: createProductSchema },
  run: async ({ tx, principal, now }, { body }) => {
    const { description = "", ...rest } = body;
    const { organization_id } = principal;
    const row = await insertProduct(tx, { ...rest, description, organization_id, created_at: now });
    return { result: row, audit: entry("product.created", row, changesBetween({}, audited(row))) };
  },
});

/**
 * Changes a product. 409 `product_in_use` when it takes away an action that a key holds. Creating a key holds the
 * catalogue, this holds the product alone, so the key is either seen here or meets the product as it has become.
 */
export const updateProduct = mutation({
  access: "manager",
  denied: { action: "product.updated", targetType: "product" },
  input: { params: productParams, body: updateProductSchema },
  run: async ({ tx, principal, now, context }, { params, body }) => {
    const before = (await lockProduct(tx, principal.organization_id, params.id)) ?? absent();
    requireVersion(context.ifMatch, before.version);
    const change = changeOf(before, body, now);
    const changes = changesBetween(audited(before), { ...audited(before), ...change });
    if (Object.keys(changes).length === 0) return { result: before, audit: [] };
    const kept = change.actions;
    if (kept && before.actions.some((action) => !kept.includes(action))) {
      const used = await actionsInUse(tx, principal.organization_id, before.id);
      refuseIfAny(
        used.filter((action) => before.actions.includes(action) && !kept.includes(action)),
        before.id,
      );
    }
    const row = await changeProduct(tx, before, now, change);
    return { result: row, audit: entriesOf(row, changes) };
  },
});

/** Deletes a product that no key uses. One in use can be retired instead. */
export const deleteProduct = mutation({
  access: "manager",
  denied: { action: "product.deleted", targetType: "product" },
  input: { params: productParams },
  run: async ({ tx, principal, context }, { params }) => {
    const row = (await lockProduct(tx, principal.organization_id, params.id)) ?? absent();
    requireVersion(context.ifMatch, row.version);
    refuseIfAny(await actionsInUse(tx, principal.organization_id, row.id), row.id);
    await removeProduct(tx, principal.organization_id, row.id);
    return { result: undefined, audit: entry("product.deleted", row, changesBetween(audited(row), {})) };
  },
});

function changeOf(before: ProductRow, { retired, ...rest }: UpdateProduct, now: Date): ProductChange {
  if (retired === undefined) return rest;
  return { ...rest, retired_at: retired ? (before.retired_at ?? now) : null };
}

function refuseIfAny(used: string[], id: string): void {
  if (used.length === 0) return;
  const permissions = used.map((action) => `${id}:${action}`).join(", ");
  throw new AppError("product_in_use", `Keys that are not revoked hold ${permissions}. Retire the product instead.`);
}

/** Retiring is an event of its own, beside whatever else was changed. */
function entriesOf(row: ProductRow, { retired_at, ...other }: AuditEntry["changes"]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  if (Object.keys(other).length > 0) entries.push(entry("product.updated", row, other));
  if (retired_at) entries.push(entry(row.retired_at ? "product.retired" : "product.unretired", row, { retired_at }));
  return entries;
}

function audited({ title, description, actions, retired_at }: ProductRow) {
  return { title, description, actions, retired_at };
}

function entry(action: AuditAction, row: ProductRow, changes: AuditEntry["changes"]): AuditEntry {
  return { action, target: { type: "product", id: row.id, name: row.title }, changes };
}

function absent(): never {
  throw notFound("There is no product with this id.");
}
