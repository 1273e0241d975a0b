/** The kinds of things that the log speaks of, and what can happen to them, in the order of the filter. */
export const AUDIT_ACTIONS = {
  api_key: [
    "created",
    "updated",
    "disabled",
    "reactivated",
    "regenerated",
    "grace_period_extended",
    "grace_period_ended",
    "kept",
    "revoked",
    "deleted",
    "used",
  ],
  member: [
    "signed_in",
    "signed_out",
    "created",
    "invited",
    "activated",
    "updated",
    "password_changed",
    "deactivated",
    "reactivated",
    "deleted",
  ],
  region: ["created", "updated", "deleted"],
  subaccount: ["created", "updated", "deleted"],
  product: ["created", "updated", "retired", "unretired", "deleted"],
  organization: ["created", "updated", "bootstrapped", "deleted"],
  signing_key: ["rotated", "retired"],
  session: ["ended"],
} as const satisfies Record<string, readonly string[]>;

type Actions = typeof AUDIT_ACTIONS;

/** `api_key.created`, `member.updated`, … */
export type AuditAction = { [K in keyof Actions]: `${K}.${Actions[K][number]}` }[keyof Actions];

/** What a filter asks for: an action, or every action of a kind. One that there is not finds nothing. */
export const ACTION_FILTER = /^[a-z_]{1,32}\.(?:\*|[a-z_]{1,32})$/;

export const AUDIT_OUTCOMES = ["done", "denied"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Who a refused sign-in is written down for: nobody is signed in yet. */
export const ANONYMOUS = "anonymous";

/** Whose deeds a filter asks for: the id of a member or key, or `anonymous`. One that there is not finds nothing. */
export const PRINCIPAL_FILTER = /^(?:(?:usr|key)_[0-9A-Za-z]{1,40}|anonymous)$/;
