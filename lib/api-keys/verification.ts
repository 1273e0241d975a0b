import { z } from "zod";
import { matchesIpRules } from "@/lib/api-keys/ip-rules";
import { scopesWithin } from "@/lib/api-keys/resource-filter";
import type { Environment, Grants, Scope, ScopeAction } from "@/lib/principal";

/** Why a token is refused, in the order in which the reasons are checked. */
export const DENIAL_CODES = [
  "NOT_FOUND",
  "REVOKED",
  "EXPIRED",
  "DISABLED",
  "WRONG_ENVIRONMENT",
  "WRONG_REGION",
  "IP_NOT_ALLOWED",
  "SUBACCOUNT_NOT_ALLOWED",
  "INSUFFICIENT_PERMISSIONS",
  "RESOURCE_NOT_ALLOWED",
] as const;

export const VERIFICATION_CODES = ["VALID", ...DENIAL_CODES] as const;

export type DenialCode = (typeof DENIAL_CODES)[number];
export type VerificationCode = (typeof VERIFICATION_CODES)[number];

/** One question about a token. `not_asked`: the request asked nothing of the kind, or there is no key to ask. */
export const checkSchema = z
  .strictObject({
    code: z.enum(DENIAL_CODES),
    outcome: z.enum(["passed", "failed", "not_asked"]),
    detail: z.string().nullable().meta({ description: "What failed, as a sentence." }),
  })
  .meta({ id: "DecisionCheck" });

export type Check = z.output<typeof checkSchema>;

/** What a service or gateway requires of the token that its client presents. */
export type Requirements = {
  /** Undefined: any. */
  environment?: Environment | undefined;
  /** Undefined: any. */
  region_id?: string | undefined;
  /** The client's canonical address; null = unknown, which a key with address rules refuses. */
  ip: string | null;
  subaccount?: string | undefined;
  /** All of them must be held. */
  permissions: readonly string[];
  scope?: Scope | undefined;
};

/** A key as it is judged: its grants as far as they count today, and the database's time of reading them. */
export type Candidate = Grants & {
  environment: Environment;
  region_id: string;
  disabled_at: Date | null;
  revoked_at: Date | null;
  now: Date;
  /** Whether the subaccount that was asked for is one of the organization's. */
  subaccount_exists: boolean;
};

export type Decision = { code: VerificationCode; checks: Check[] };

/**
 * Decides whether a key meets the requirements. Every question is answered, so that all that stands in the way can be
 * seen at once; the code is the first that failed. Null stands for a token that belongs to no key one may see.
 */
export function decide(key: Candidate | null, asked: Requirements): Decision {
  const checks = key === null ? NOT_FOUND : checksOf(key, asked);
  return { code: checks.find(({ outcome }) => outcome === "failed")?.code ?? "VALID", checks };
}

/** What was required, as a scope: `action` and `resource` come together or not at all. */
export function scopeAsked(action: ScopeAction | undefined, resource: string | undefined): Scope | undefined {
  return action !== undefined && resource !== undefined ? { action, resource } : undefined;
}

const NOT_FOUND: Check[] = DENIAL_CODES.map((code) =>
  code === "NOT_FOUND"
    ? { code, outcome: "failed", detail: "No key that may be seen from here has this token." }
    : { code, outcome: "not_asked", detail: null },
);

function checksOf(key: Candidate, asked: Requirements): Check[] {
  const expired = key.expires_at !== null && key.expires_at.getTime() <= key.now.getTime();
  const missing = asked.permissions.filter((permission) => !key.permissions.includes(permission));
  return [
    check("NOT_FOUND", null),
    check("REVOKED", key.revoked_at === null ? null : "The key is revoked."),
    check("EXPIRED", expired ? "The key has expired." : null),
    check("DISABLED", key.disabled_at === null ? null : "The key is disabled."),
    asked.environment === undefined
      ? notAsked("WRONG_ENVIRONMENT")
      : check(
          "WRONG_ENVIRONMENT",
          key.environment === asked.environment ? null : `The key is a ${key.environment} key.`,
        ),
    asked.region_id === undefined
      ? notAsked("WRONG_REGION")
      : check("WRONG_REGION", key.region_id === asked.region_id ? null : "The key belongs to another region."),
    check("IP_NOT_ALLOWED", matchesIpRules(key.allowed_ips, asked.ip) ? null : addressRefused(asked.ip)),
    asked.subaccount === undefined
      ? notAsked("SUBACCOUNT_NOT_ALLOWED")
      : check(
          "SUBACCOUNT_NOT_ALLOWED",
          reaches(key, asked.subaccount) ? null : "The key does not act on this subaccount.",
        ),
    asked.permissions.length === 0
      ? notAsked("INSUFFICIENT_PERMISSIONS")
      : check("INSUFFICIENT_PERMISSIONS", missing.length === 0 ? null : `The key lacks ${missing.join(", ")}.`),
    asked.scope === undefined
      ? notAsked("RESOURCE_NOT_ALLOWED")
      : check("RESOURCE_NOT_ALLOWED", allows(key, asked.scope) ? null : "No scope of the key covers this."),
  ];
}

const check = (code: DenialCode, failure: string | null): Check => ({
  code,
  outcome: failure === null ? "passed" : "failed",
  detail: failure,
});

const notAsked = (code: DenialCode): Check => ({ code, outcome: "not_asked", detail: null });

const addressRefused = (ip: string | null): string =>
  ip === null
    ? "The key has address rules, and the client's address is unknown."
    : `The key may not be used from ${ip}.`;

/** An id that names no subaccount is reached by no key, not even by one that reaches them all. */
function reaches(key: Candidate, subaccount: string): boolean {
  return key.subaccount_exists && (key.all_subaccounts || key.allowed_subaccounts.includes(subaccount));
}

/**
 * The requirement must lie within one scope. For a plain path that is matching; a path with wildcards asks for all
 * that it stands for, the stricter reading.
 */
const allows = (key: Candidate, scope: Scope): boolean => scopesWithin([scope], key.scopes).length === 0;
