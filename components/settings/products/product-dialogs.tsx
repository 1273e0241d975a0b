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
      title={words.question(product.title)}
      description={words.effect}
      confirmLabel={words.confirm}
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
    question: (title: string) => `Retire ${title}?`,
    confirm: "Retire product",
    effect:
      "Its permissions go on working for keys that hold them, but cannot be granted to any key anew. It can be offered again at any time.",
    done: "retired",
  },
  unretire: {
    question: (title: string) => `Offer ${title} again?`,
    confirm: "Offer again",
    effect: "Its permissions can be granted to keys again.",
    done: "offered again",
  },
  delete: {
    question: (title: string) => `Delete ${title}?`,
    confirm: "Delete product",
    effect: "It leaves the catalogue for good. No key that is not revoked holds one of its permissions.",
    done: "deleted",
  },
} as const;
