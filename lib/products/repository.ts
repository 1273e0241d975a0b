import { refusingDuplicates } from "@/lib/conflict";
import { assignments, columnsOf, getDb, only, type Tx } from "@/lib/db";
import { Prisma, type Product as ProductRow } from "@/lib/generated/prisma/client";
import type { OrganizationId } from "@/lib/ids";
import { type Catalogue, type CatalogueProduct, DEFAULT_PRODUCTS } from "@/lib/organizations/catalogue";
import { type Position, readPage } from "@/lib/pages";
import type { Page, PageQuery } from "@/lib/paging";

export type { ProductRow };

const COLUMNS = columnsOf(Prisma.ProductScalarFieldEnum);
const IN_ORDER = [{ position: "asc" as const }, { id: "asc" as const }];

export function selectProducts(organization_id: OrganizationId, page: PageQuery): Promise<Page<ProductRow>> {
  const { product } = getDb().prisma;
  return readPage(page, {
    scope: `products:${organization_id}`,
    position: (row) => ({ at: row.position, id: row.id }),
    read: (after, take) =>
      product.findMany({ where: { organization_id, ...orderedAfter(after) }, orderBy: IN_ORDER, take }),
    count: () => product.count({ where: { organization_id } }),
  });
}

function orderedAfter(after: Position | null) {
  if (after === null) return {};
  return { OR: [{ position: { gt: after.at } }, { position: after.at, id: { gt: after.id } }] };
}

export function findProduct(organization_id: OrganizationId, id: string): Promise<ProductRow | null> {
  return getDb().prisma.product.findFirst({ where: { organization_id, id } });
}

const CATALOGUE = {
  name: "latchkey_catalogue",
  text: `SELECT id, title, description, actions, retired_at FROM products WHERE organization_id = $1 ORDER BY position, id`,
};

/** The organization's permission catalogue, for reads: one prepared statement. */
export async function readCatalogue(organizationId: OrganizationId): Promise<Catalogue> {
  const { rows } = await getDb().pool.query<CatalogueProduct>({ ...CATALOGUE, values: [organizationId] });
  return { products: rows };
}

/**
 * The catalogue for a change that grants permissions. Its products are held until COMMIT: nobody deletes one, takes an
 * action away or retires it while a key is being given it.
 */
export async function lockCatalogue(tx: Tx, organizationId: OrganizationId): Promise<Catalogue> {
  const products = await tx.$queryRaw<CatalogueProduct[]>`
    SELECT id, title, description, actions, retired_at FROM products WHERE organization_id = ${organizationId}
    ORDER BY position, id FOR KEY SHARE`;
  return { products };
}

/** Reads a product, holding it alone to the end of the transaction: whoever grants its permissions waits. */
export async function lockProduct(tx: Tx, organization_id: OrganizationId, id: string): Promise<ProductRow | null> {
  const [row] = await tx.$queryRaw<ProductRow[]>`
    SELECT ${COLUMNS} FROM products WHERE organization_id = ${organization_id} AND id = ${id} FOR UPDATE`;
  return row ?? null;
}

/** The standard catalogue of a new organization. */
export async function insertDefaultProducts(tx: Tx, organization_id: OrganizationId): Promise<void> {
  const rows = DEFAULT_PRODUCTS.map((product, i) => ({ ...product, position: i + 1 }));
  await tx.$executeRaw`
    INSERT INTO products (organization_id, id, title, description, actions, position)
    SELECT ${organization_id}, id, title, description, ARRAY(SELECT jsonb_array_elements_text(actions)), position
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS p (id text, title text, description text, actions jsonb, position int)`;
}

export type NewProduct = Pick<ProductRow, "id" | "title" | "description" | "actions" | "created_at"> & {
  organization_id: OrganizationId;
};

/** Adds a product at the end of the catalogue. Throws 409 `name_taken` when there is one of this id. */
export async function insertProduct(tx: Tx, row: NewProduct): Promise<ProductRow> {
  return refusingDuplicates("/id", `There is a product ${row.id} already.`, async () =>
    only(
      await tx.$queryRaw<ProductRow[]>`
        INSERT INTO products (organization_id, id, title, description, actions, position, created_at, updated_at)
        SELECT ${row.organization_id}, ${row.id}, ${row.title}, ${row.description}, ${row.actions}::text[],
          coalesce(max(position), 0) + 1, ${row.created_at}::timestamptz, ${row.created_at}::timestamptz
        FROM products WHERE organization_id = ${row.organization_id}
        RETURNING ${COLUMNS}`,
    ),
  );
}

export type ProductChange = Partial<Pick<ProductRow, "title" | "description" | "actions" | "retired_at">>;

/** Changes a product that the caller holds locked, and moves its version on. */
export async function changeProduct(tx: Tx, row: ProductRow, now: Date, change: ProductChange): Promise<ProductRow> {
  return only(
    await tx.$queryRaw<ProductRow[]>`
      UPDATE products SET ${assignments({ ...change, updated_at: now })}, version = version + 1
      WHERE organization_id = ${row.organization_id} AND id = ${row.id} RETURNING ${COLUMNS}`,
  );
}

export async function removeProduct(tx: Tx, organization_id: OrganizationId, id: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM products WHERE organization_id = ${organization_id} AND id = ${id}`;
}

/** The product's actions that a key holds which is not revoked; disabled and expired keys can come back, so they count. */
export async function actionsInUse(tx: Tx, organizationId: OrganizationId, productId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ action: string }[]>`
    SELECT DISTINCT split_part(permission, ':', 2) AS action
    FROM api_keys k CROSS JOIN LATERAL unnest(k.permissions) AS held(permission)
    WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL
      AND split_part(permission, ':', 1) = ${productId}
    ORDER BY action`;
  return rows.map(({ action }) => action);
}

/** Of every product that a key which is not revoked holds a permission of: how many such keys. */
export function countKeysOfProducts(organizationId: OrganizationId): Promise<{ product_id: string; keys: number }[]> {
  return getDb().prisma.$queryRaw<{ product_id: string; keys: number }[]>`
    SELECT split_part(permission, ':', 1) AS product_id, count(DISTINCT k.id)::int AS keys
    FROM api_keys k CROSS JOIN LATERAL unnest(k.permissions) AS held(permission)
    WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL GROUP BY 1`;
}
