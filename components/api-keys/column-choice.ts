export const COLUMNS_COOKIE = "lk_columns";

/** The columns that can be left out, in the order of the table. Name, status and actions always stand. */
export const OPTIONAL_COLUMNS = [
  { id: "token_preview", label: "Token" },
  { id: "permissions", label: "Permissions" },
  { id: "environment", label: "Environment, region" },
  { id: "allowed_ips", label: "IP restrictions" },
  { id: "expires_at", label: "Expires" },
  { id: "last_used_at", label: "Last used" },
  { id: "created_at", label: "Created" },
] as const;

export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number]["id"];

/** The columns that the cookie leaves out. It names those, so that a column that is new is shown. */
export function hiddenColumnsOf(cookie: string | undefined): OptionalColumn[] {
  const named = cookie?.split(".") ?? [];
  return OPTIONAL_COLUMNS.map(({ id }) => id).filter((id) => named.includes(id));
}

/** The cookie's value for these columns left out. */
export const columnsCookie = (hidden: readonly OptionalColumn[]): string => hidden.join(".");

/** The choice after one column's box was ticked or unticked. */
export function toggleColumn(hidden: readonly OptionalColumn[], column: OptionalColumn): OptionalColumn[] {
  return hidden.includes(column) ? hidden.filter((id) => id !== column) : [...hidden, column];
}
