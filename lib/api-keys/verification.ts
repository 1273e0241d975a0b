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

/** A subaccount that is asked for, and whether it is one of the organization's. */
export type RequiredSubaccount = { id: string; exists: boolean };

/** What a service or gateway requires of the token that its client presents. */
export type Requirements = {
  /** Undefined: any. */
  environment?: Environment | undefined;
  /** Undefined: any. */
  region_id?: string | undefined;
  /** The client's canonical address; null = unknown, which a key with address rules refuses. */
  ip: string | null;
  subaccount?: RequiredSubaccount | undefined;
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
};

export type Decision = { code: VerificationCode; checks: Check[] };

/**
 * Decides whether a key meets the requirements. Every question is answered, so that all that stands in the way can be
 * seen at once; the code is the first that failed. Null stands for a token that belongs to no key one may see.
 */
export function decide(key: Candidate | null, asked: Requirements): Decision {
  return key === null ? UNKNOWN : new Judgement(key, asked);
}

/** The checks as a list are made when somebody asks for them: of most decisions only the code is wanted. */
class Judgement implements Decision {
  readonly code: VerificationCode;

  constructor(
    private readonly key: Candidate,
    private readonly asked: Requirements,
  ) {
    this.code = firstFailure(key, asked) ?? "VALID";
  }

  get checks(): Check[] {
    return RULES.map(([code, judge]) => checkOf(code, judge(this.key, this.asked)));
  }
}

/** What was required, as a scope: `action` and `resource` come together or not at all. */
export function scopeAsked(action: ScopeAction | undefined, resource: string | undefined): Scope | undefined {
  return action !== undefined && resource !== undefined ? { action, resource } : undefined;
}

/** What a rule finds: what is wrong as a sentence, null when nothing is, undefined when nothing was asked. */
type Finding = string | null | undefined;
type Rule = readonly [DenialCode, (key: Candidate, asked: Requirements) => Finding];

/** In the order of the codes: the first that fails names the denial. */
const RULES: readonly Rule[] = [
  ["NOT_FOUND", () => null],
  ["REVOKED", (key) => (key.revoked_at === null ? null : "The key is revoked.")],
  [
    "EXPIRED",
    ({ expires_at, now }) =>
      expires_at === null || expires_at.getTime() > now.getTime() ? null : "The key has expired.",
  ],
  ["DISABLED", (key) => (key.disabled_at === null ? null : "The key is disabled.")],
  [
    "WRONG_ENVIRONMENT",
    (key, { environment }) => {
      if (environment === undefined) return undefined;
      return key.environment === environment ? null : `The key is a ${key.environment} key.`;
    },
  ],
  [
    "WRONG_REGION",
    (key, { region_id }) => {
      if (region_id === undefined) return undefined;
      return key.region_id === region_id ? null : "The key belongs to another region.";
    },
  ],
  ["IP_NOT_ALLOWED", (key, { ip }) => (matchesIpRules(key.allowed_ips, ip) ? null : addressRefused(ip))],
  [
    "SUBACCOUNT_NOT_ALLOWED",
    (key, { subaccount }) => {
      if (subaccount === undefined) return undefined;
      return reaches(key, subaccount) ? null : "The key does not act on this subaccount.";
    },
  ],
  [
    "INSUFFICIENT_PERMISSIONS",
    (key, { permissions }) => {
      if (permissions.length === 0) return undefined;
      if (permissions.every((permission) => key.permissions.includes(permission))) return null;
      return `The key lacks ${missingOf(key, permissions).join(", ")}.`;
    },
  ],
  [
    "RESOURCE_NOT_ALLOWED",
    (key, { scope }) => {
      if (scope === undefined) return undefined;
      return allows(key, scope) ? null : "No scope of the key covers this.";
    },
  ],
];

function firstFailure(key: Candidate, asked: Requirements): DenialCode | null {
  for (const [code, judge] of RULES) if (typeof judge(key, asked) === "string") return code;
  return null;
}

const checkOf = (code: DenialCode, finding: Finding): Check => ({
  code,
  outcome: finding === undefined ? "not_asked" : finding === null ? "passed" : "failed",
  detail: finding ?? null,
});

const UNKNOWN: Decision = {
  code: "NOT_FOUND",
  checks: DENIAL_CODES.map((code) =>
    checkOf(code, code === "NOT_FOUND" ? "No key that may be seen from here has this token." : undefined),
  ),
};

/** Those of the required permissions that the key does not hold. */
export const missingOf = (key: Pick<Grants, "permissions">, required: readonly string[]): string[] =>
  required.filter((permission) => !key.permissions.includes(permission));

const addressRefused = (ip: string | null): string =>
  ip === null
    ? "The key has address rules, and the client's address is unknown."
    : `The key may not be used from ${ip}.`;

/** An id that names no subaccount is reached by no key, not even by one that reaches them all. */
function reaches(key: Candidate, { id, exists }: RequiredSubaccount): boolean {
  return exists && (key.all_subaccounts || key.allowed_subaccounts.includes(id));
}

/**
 * The requirement must lie within one scope. For a plain path that is matching; a path with wildcards asks for all
 * that it stands for, the stricter reading.
 */
const allows = (key: Candidate, scope: Scope): boolean => scopesWithin([scope], key.scopes).length === 0;
