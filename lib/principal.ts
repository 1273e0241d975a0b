import type { OrganizationId } from "@/lib/ids";

export type Environment = "production" | "preview";
export type Role = "owner" | "admin" | "developer" | "viewer";
export type ScopeAction = "read" | "write" | "admin" | "*";
export type Scope = { action: ScopeAction; resource: string };

/** What a key may do, on every axis: the record's own words, as the API spells them. */
export type Grants = {
  permissions: readonly string[];
  scopes: readonly Scope[];
  /** "All" is this flag alone; with it false, an empty list reaches nothing. */
  all_subaccounts: boolean;
  allowed_subaccounts: readonly string[];
  /** Canonical addresses and ranges; none = any address. */
  allowed_ips: readonly string[];
  /** Null = never. */
  expires_at: Date | null;
};

/** An API key as the one who acts. Only `lib/auth/repository` makes one. */
export type KeyPrincipal = Grants & {
  type: "api_key";
  id: string;
  name: string;
  organization_id: OrganizationId;
  environment: Environment;
  region_id: string;
};

/** A member's session as the one who acts. Only `lib/auth/repository` makes one. */
export type MemberPrincipal = {
  type: "user";
  id: string;
  name: string;
  email: string;
  organization_id: OrganizationId;
  organization_name: string;
  role: Role;
  session_id: string;
  /** The member's own limit on what they may grant; null = the role's. */
  permissions: readonly string[] | null;
  /** The subaccounts the member may act on; null = all. */
  subaccounts: readonly string[] | null;
  bootstrapped: boolean;
};

export type Principal = KeyPrincipal | MemberPrincipal;
