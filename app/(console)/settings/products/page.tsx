import type { Metadata } from "next";
import { loadList, viewerOf } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { ProductsPanel } from "@/components/settings/products/products-panel";
import { countProductUse, listProducts } from "@/lib/products/operations";
import { toProduct } from "@/lib/products/view";
import { etagOf } from "@/lib/versions";

export const metadata: Metadata = { title: "Products" };

export default async function ProductsPage({ searchParams }: PageProps<"/settings/products">) {
  const context = await requireMember("/settings/products");
  const keys = new Map((await countProductUse(context, {})).map((use) => [use.product_id, use.keys]));
  const list = await loadList(
    searchParams,
    (query) => listProducts(context, { query }),
    (row) => ({ ...toProduct(row), etag: etagOf(row.version), keys: keys.get(row.id) ?? 0 }),
  );
  return <ProductsPanel list={list} viewer={viewerOf(context.principal)} />;
}
