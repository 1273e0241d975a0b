import { z } from "zod";

/** What a key may do in the account itself: the same in every organization, in the order of the picker. */
export const ACCOUNT_PERMISSIONS = [
  {
    id: "account:apikeys:create",
    title: "Create API keys",
    description: "Create keys that reach no further than this one.",
  },
  {
    id: "account:apikeys:read",
    title: "Read API keys",
    description: "List keys and read their settings, never their tokens.",
  },
  { id: "account:apikeys:update", title: "Update API keys", description: "Edit, disable and reactivate keys." },
  {
    id: "account:apikeys:delete",
    title: "Revoke API keys",
    description: "Revoke keys for good and delete their records.",
  },
  {
    id: "account:apikeys:regenerate",
    title: "Regenerate API keys",
    description: "Give keys a new token and end an overlap.",
  },
  {
    id: "account:apikeys:verify",
    title: "Verify tokens",
    description: "Ask whether a presented token may do something.",
  },
  { id: "account:usage:read", title: "Read usage", description: "Read how often keys were used and refused." },
  { id: "account:audit:read", title: "Read the audit log", description: "Read who changed what, when and from where." },
] as const;

/** The permission catalogue's entry for one product. A retired one keeps its permissions but grants none anew. */
export type CatalogueProduct = {
  id: string;
  title: string;
  description: string;
  actions: readonly string[];
  retired_at: Date | null;
};
/** Everything that an organization's keys may be granted, in the order of the picker. */
export type Catalogue = { products: readonly CatalogueProduct[] };

const ALL_ACTIONS = ["read", "write", "delete"];

/** The products of a new organization; an owner edits them under Settings. */
export const DEFAULT_PRODUCTS: readonly Omit<CatalogueProduct, "retired_at">[] = [
  {
    id: "datacenter_shared",
    title: "Datacenter, shared",
    description: "Shared datacenter proxies.",
    actions: ALL_ACTIONS,
  },
  {
    id: "datacenter_dedicated",
    title: "Datacenter, dedicated",
    description: "Dedicated datacenter proxies.",
    actions: ALL_ACTIONS,
  },
  { id: "residential", title: "Residential", description: "Residential proxies, metered.", actions: ALL_ACTIONS },
  {
    id: "residential_unlimited",
    title: "Residential, unlimited",
    description: "Residential proxies, flat rate.",
    actions: ALL_ACTIONS,
  },
  { id: "serp_api", title: "SERP API", description: "Search engine results.", actions: ALL_ACTIONS },
  {
    id: "subaccount",
    title: "Subaccounts",
    description: "The accounts below the organization.",
    actions: ["read", "write"],
  },
];

/** A product's id, as it stands in `product:action`. `account` is the other half of the catalogue and never a product. */
export const productIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,63}$/, {
    error: "2 to 64 lower-case letters, digits and underscores, starting with a letter.",
  })
  .refine((id) => id !== "account", { error: '"account" is reserved for the permissions of the account itself.' });

/** One action of a product, as it stands in `product:action`. */
export const productActionSchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, {
  error: "1 to 32 lower-case letters, digits and underscores, starting with a letter.",
});

/** Every permission that grants something: the account's, then the products', retired ones included. */
export function permissionsOf(catalogue: Catalogue): string[] {
  return [...ACCOUNT_PERMISSIONS.map(({ id }) => id), ...catalogue.products.flatMap(permissionsOfProduct)];
}

/** As `permissionsOf`, to look one up. Reckoned once for a catalogue, by which many keys may be judged. */
export function knownPermissions(catalogue: Catalogue): ReadonlySet<string> {
  const known = knownIn.get(catalogue) ?? new Set(permissionsOf(catalogue));
  knownIn.set(catalogue, known);
  return known;
}

const knownIn = new WeakMap<Catalogue, ReadonlySet<string>>();

/** Every permission that may still be handed out: without those of retired products. */
export function grantablePermissions(catalogue: Catalogue): string[] {
  return permissionsOf({ products: catalogue.products.filter(({ retired_at }) => retired_at === null) });
}

/** Those of a record's permissions that grant something today: what the catalogue no longer holds grants nothing. */
export function effectivePermissions(stored: readonly string[], catalogue: Catalogue): string[] {
  const known = knownPermissions(catalogue);
  return stored.filter((permission) => known.has(permission));
}

type PermissionGroup = {
  name: string;
  title: string;
  description: string;
  permissions: { id: string; title: string; description: string }[];
};

/** The `structure` of `GET …/permission-context`: what a picker shows. Retired products are not offered. */
export function permissionStructure(catalogue: Catalogue): { account: PermissionGroup[]; product: PermissionGroup[] } {
  const offered = catalogue.products.filter(({ retired_at }) => retired_at === null);
  return { account: ACCOUNT_GROUPS.map(accountGroup), product: offered.map(productGroup) };
}

const ACCOUNT_GROUPS = [
  { name: "apikeys", title: "API keys", description: "Manage the organization's API keys." },
  { name: "usage", title: "Usage", description: "See how keys are used." },
  { name: "audit", title: "Audit log", description: "See what was changed." },
];

function accountGroup(group: (typeof ACCOUNT_GROUPS)[number]): PermissionGroup {
  const ofGroup = ACCOUNT_PERMISSIONS.filter(({ id }) => id.startsWith(`account:${group.name}:`));
  return { ...group, permissions: ofGroup.map((permission) => ({ ...permission })) };
}

function productGroup({ id, title, description, actions }: CatalogueProduct): PermissionGroup {
  const permissions = actions.map((action) => ({
    id: `${id}:${action}`,
    title: titleOf(action),
    description: `${titleOf(action)} access to ${title}.`,
  }));
  return { name: id, title, description, permissions };
}

const permissionsOfProduct = ({ id, actions }: CatalogueProduct): string[] =>
  actions.map((action) => `${id}:${action}`);

function titleOf(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1).replaceAll("_", " ");
}
