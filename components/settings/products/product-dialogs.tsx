"use client";

import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { ProductDialog } from "@/components/settings/products/product-dialog";
import type { Versioned } from "@/components/settings/versioned";
import type { Product } from "@/lib/products/schema";

export type OpenProductDialog = { kind: "create" } | { kind: "edit" | "retire" | "unretire" | "delete"; id: string };

type ProductDialogsProps = {
  dialog: OpenProductDialog | null;
  products: readonly Versioned<Product>[];
  onDialog: (dialog: OpenProductDialog | null) => void;
  onReload: () => void;
  onChanged: (message: string) => void;
};

/** Whatever dialog is open about a product. */
export function ProductDialogs({ dialog, products, onDialog, onReload, onChanged }: ProductDialogsProps) {
  if (dialog === null) return null;
  const close = () => onDialog(null);
  const forms = { onClose: close, onReload };
  if (dialog.kind === "create") {
    return <ProductDialog {...forms} product={null} onSaved={({ title }) => onChanged(`${title} is created`)} />;
  }
  const product = products.find(({ id }) => id === dialog.id);
  if (!product) return null;
  if (dialog.kind === "edit") {
    return (
      <ProductDialog
        {...forms}
        key={product.etag}
        product={product}
        onSaved={({ title }) => onChanged(`${title} is saved`)}
      />
    );
  }
  const words = WORDS[dialog.kind];
  const path = `/v4/account/products/${product.id}`;
  const { etag } = product;
  return (
    <ConfirmDialog
      key={dialog.kind}
      {...forms}
      title={`${words.verb} ${product.title}?`}
      description={words.effect}
      confirmLabel={`${words.verb} product`}
      tone={dialog.kind === "delete" ? "danger" : "primary"}
      request={
        dialog.kind === "delete"
          ? { method: "DELETE", path, etag }
          : { method: "PATCH", path, body: { retired: dialog.kind === "retire" }, etag }
      }
      onDone={() => onChanged(`${product.title} is ${words.done}`)}
    />
  );
}

const WORDS = {
  retire: {
    verb: "Retire",
    effect:
      "Its permissions go on working for keys that hold them, but cannot be granted to any key anew. It can be unretired at any time.",
    done: "retired",
  },
  unretire: { verb: "Unretire", effect: "Its permissions can be granted to keys again.", done: "grantable again" },
  delete: {
    verb: "Delete",
    effect:
      "It leaves the catalogue for good. That is possible only while no key that is not revoked holds one of its permissions; else retire it instead.",
    done: "deleted",
  },
} as const;
