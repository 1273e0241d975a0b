"use client";

import { PermissionBox } from "@/components/api-keys/permission-box";
import { actionOf, actionsOf, type PermissionChoice, permissionIds } from "@/components/api-keys/permission-groups";
import type { PermissionPickerProps } from "@/components/api-keys/permissions-field";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";

type ProductPermissionsProps = PermissionPickerProps & { products: PermissionChoice["structure"]["product"] };

/** Products as a matrix: a row each, a column per action, and a button that fills a column. */
export function ProductPermissions({ products, chosen, refusalOf, onChange }: ProductPermissionsProps) {
  const actions = actionsOf(products);
  const grantable = permissionIds(products).filter((id) => refusalOf(id) === null);
  return (
    <fieldset className="min-w-0 rounded-md border border-border p-3">
      <legend className="px-1 text-sm text-text-muted">Products</legend>
      <div className="mb-2 flex flex-wrap gap-2">
        {actions.map((action) => (
          <ColumnButton
            key={action}
            action={action}
            ids={grantable.filter((id) => actionOf(id) === action)}
            chosen={chosen}
            onChange={onChange}
          />
        ))}
      </div>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="text-text-muted text-xs">
              <th scope="col" className="py-1.5 text-left font-medium">
                Product
              </th>
              {actions.map((action) => (
                <th key={action} scope="col" className="w-12 px-1 py-1.5 text-center font-medium sm:w-16">
                  {titleOf(action)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {products.map((product) => (
              <tr key={product.name} className="border-border border-t">
                <th
                  scope="row"
                  className={classNames(
                    "py-2 pr-2 text-left font-normal",
                    product.permissions.every(({ id }) => refusalOf(id) !== null) && "text-text-muted",
                  )}
                >
                  {product.title}
                  <span className="block break-all font-mono text-text-muted text-xs">{product.name}</span>
                </th>
                {actions.map((action) => (
                  <td key={action} className="px-1 text-center align-middle">
                    <Cell product={product} action={action} chosen={chosen} refusalOf={refusalOf} onChange={onChange} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </fieldset>
  );
}

type ColumnButtonProps = Pick<PermissionPickerProps, "chosen" | "onChange"> & { action: string; ids: string[] };

/** Fills the column as far as the viewer may; pressed again, it clears it. */
function ColumnButton({ action, ids, chosen, onChange }: ColumnButtonProps) {
  const isFull = ids.length > 0 && ids.every((id) => chosen.has(id));
  return (
    <Button
      size="sm"
      aria-pressed={isFull}
      disabled={ids.length === 0}
      onClick={() => onChange(ids, !isFull)}
      className="aria-pressed:border-accent-text aria-pressed:bg-accent-subtle aria-pressed:text-accent-text"
    >
      {titleOf(action)} All
    </Button>
  );
}

type CellProps = PermissionPickerProps & { product: ProductPermissionsProps["products"][number]; action: string };

function Cell({ product, action, chosen, refusalOf, onChange }: CellProps) {
  const permission = product.permissions.find(({ id }) => actionOf(id) === action);
  if (!permission) {
    return (
      <span className="text-text-muted">
        <span aria-hidden>–</span>
        <span className="sr-only">not offered</span>
      </span>
    );
  }
  return (
    <PermissionBox
      name={`${permission.title} ${product.title}`}
      checked={chosen.has(permission.id)}
      refusal={refusalOf(permission.id)}
      onChange={(on) => onChange([permission.id], on)}
    />
  );
}

const titleOf = (action: string): string => action.charAt(0).toUpperCase() + action.slice(1).replaceAll("_", " ");
