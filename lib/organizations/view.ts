import { toUnixSeconds } from "@/lib/clock";
import type { OrganizationRow, SigningKeyRow } from "@/lib/organizations/repository";
import type { Organization, SigningKeyVersion } from "@/lib/organizations/schema";

/** The record as JSON. Lists only what is named here, so that a new column cannot leak. */
export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    bootstrapped_at: toUnixSeconds(row.bootstrapped_at),
    created_at: toUnixSeconds(row.created_at),
    updated_at: toUnixSeconds(row.updated_at),
  };
}

/** The versions as JSON. The current one is the newest: the first. */
export const toSigningKeys = (rows: readonly SigningKeyRow[]): SigningKeyVersion[] =>
  rows.map((row, index) => toSigningKey(row, index === 0));

/** A retired version as JSON. It is never the current one. */
export const toRetired = (row: SigningKeyRow): SigningKeyVersion => toSigningKey(row, false);

const toSigningKey = ({ version, created_at, retired_at, tokens }: SigningKeyRow, is_current: boolean) => ({
  version,
  is_current,
  created_at: toUnixSeconds(created_at),
  retired_at: toUnixSeconds(retired_at),
  tokens,
});
