import type { permissionStructure } from "@/lib/organizations/catalogue";

/** The catalogue as the picker shows it, and what this member may grant of it: `GET …/permission-context`. */
export type PermissionChoice = {
  structure: ReturnType<typeof permissionStructure>;
  allowed_permissions: readonly string[];
};

type Groups = ReturnType<typeof permissionStructure>["product"];

/** Every permission id of some groups, in the picker's order. */
export function permissionIds(groups: Groups): string[] {
  return groups.flatMap(({ permissions }) => permissions.map(({ id }) => id));
}

/** The actions of some products, each once: the columns of the matrix. The usual ones come first. */
export function actionsOf(products: Groups): string[] {
  const all = permissionIds(products).map(actionOf);
  return [...new Set([...USUAL_ACTIONS.filter((action) => all.includes(action)), ...all])];
}

/** The last part of `product:action` and of `account:apikeys:action`. */
export const actionOf = (permission: string): string => permission.slice(permission.lastIndexOf(":") + 1);

/** What the catalogue no longer offers: of retired or removed products. */
export function notOffered(permissions: readonly string[], { structure }: PermissionChoice): string[] {
  const offered = new Set(permissionIds([...structure.account, ...structure.product]));
  return permissions.filter((permission) => !offered.has(permission));
}

export const isAccountPermission = (permission: string): boolean => permission.startsWith("account:");

const USUAL_ACTIONS = ["read", "write", "delete"];
