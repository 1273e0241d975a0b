"use client";

import { Archive, ArchiveRestore, Package, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { keysCounted } from "@/components/api-keys/words";
import { type ListedPage, ListPages } from "@/components/settings/list-pages";
import { type OpenProductDialog, ProductDialogs } from "@/components/settings/products/product-dialogs";
import { ReadOnlyNote } from "@/components/settings/read-only-note";
import { changeRefusal, type SettingsViewer } from "@/components/settings/rights";
import { SettingsHeader } from "@/components/settings/settings-header";
import { useChanged } from "@/components/settings/use-changed";
import type { Versioned } from "@/components/settings/versioned";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { GuardedButton } from "@/components/ui/guarded-button";
import { RowMenu } from "@/components/ui/row-menu";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Product } from "@/lib/products/schema";

/** A product, and how many keys that are not revoked use it. */
type ListedProduct = Versioned<Product> & { keys: number };

type ProductsPanelProps = { list: ListedPage<ListedProduct>; viewer: SettingsViewer };

/** Settings → Products: the permission catalogue. */
export function ProductsPanel({ list, viewer }: ProductsPanelProps) {
  const [dialog, setDialog] = useState<OpenProductDialog | null>(null);
  const { busy, refresh, changed } = useChanged();
  const refusal = changeRefusal(viewer, "products");
  const create = (
    <GuardedButton refusal={refusal} variant="primary" onClick={() => setDialog({ kind: "create" })}>
      <Plus aria-hidden />
      Create product
    </GuardedButton>
  );

  return (
    <>
      <SettingsHeader
        title="Products"
        description="The permission catalogue: what keys can be allowed to do, beside managing the account."
        actions={list.total > 0 ? create : null}
      />
      <ReadOnlyNote refusal={refusal} />
      {list.rows.length === 0 ? (
        <EmptyState
          icon={<Package />}
          title="No product yet"
          description="Without one, keys can only hold Account Management permissions and scopes."
          actions={create}
        />
      ) : (
        <Table label="Products" busy={busy}>
          <TableHead>
            <tr>
              <TableHeader>Product</TableHeader>
              <TableHeader className="max-md:hidden">Actions</TableHeader>
              <TableHeader align="end" className="max-md:hidden">
                Keys
              </TableHeader>
              <TableHeader className="max-md:hidden">Status</TableHeader>
              <TableHeader align="end">
                <span className="sr-only">Actions</span>
              </TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {list.rows.map((product) => (
              <ProductRow
                key={product.id}
                product={product}
                refusal={refusal}
                onAct={(kind) => setDialog({ kind, id: product.id })}
              />
            ))}
          </TableBody>
        </Table>
      )}
      <ListPages label="Products" list={list} />
      <ProductDialogs
        dialog={dialog}
        products={list.rows}
        onDialog={setDialog}
        onReload={refresh}
        onChanged={(message) => {
          setDialog(null);
          changed(message);
        }}
      />
    </>
  );
}

type ProductRowProps = {
  product: ListedProduct;
  refusal: string | null;
  onAct: (kind: "edit" | "retire" | "unretire" | "delete") => void;
};

function ProductRow({ product, refusal, onAct }: ProductRowProps) {
  const { id, title, description, actions, retired_at, keys } = product;
  return (
    <TableRow>
      <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-96">
        <span className="block truncate font-medium" title={description || undefined}>
          {title}
        </span>
        <span className="block truncate font-mono text-text-muted text-xs">{id}</span>
        <span className="mt-1 flex flex-wrap gap-1 md:hidden">
          <ActionTags actions={actions} />
          {retired_at === null ? null : <Badge tone="neutral">Retired</Badge>}
        </span>
      </TableCell>
      <TableCell className="max-w-96 whitespace-normal max-md:hidden">
        <span className="flex flex-wrap gap-1">
          <ActionTags actions={actions} />
        </span>
      </TableCell>
      <TableCell align="end" className="max-md:hidden">
        {keys.toLocaleString("en")}
      </TableCell>
      <TableCell className="max-md:hidden">
        {retired_at === null ? <Badge tone="success">Grantable</Badge> : <Badge tone="neutral">Retired</Badge>}
      </TableCell>
      <TableCell align="end">
        <RowMenu
          of={title}
          refusal={refusal}
          actions={[
            { label: "Edit", icon: <Pencil />, onSelect: () => onAct("edit") },
            retired_at === null
              ? { label: "Retire", icon: <Archive />, onSelect: () => onAct("retire") }
              : { label: "Offer again", icon: <ArchiveRestore />, onSelect: () => onAct("unretire") },
            {
              label: "Delete",
              icon: <Trash2 />,
              tone: "danger",
              refusal: keys === 0 ? null : `Used by ${keysCounted(keys)}. Retire it instead.`,
              onSelect: () => onAct("delete"),
            },
          ]}
        />
      </TableCell>
    </TableRow>
  );
}

function ActionTags({ actions }: Pick<Product, "actions">) {
  return actions.map((action) => (
    <Badge key={action} icon={null} className="font-mono">
      {action}
    </Badge>
  ));
}
