const KINDS: Record<string, string> = { api_key: "API key" };

type VerbWords = {
  /** After the kind: "API key created". */
  done?: string;
  /** Before the kind, of what was only tried: "Create API key refused". */
  tried?: string;
};

const VERBS: Record<string, VerbWords> = {
  created: { tried: "Create" },
  updated: { tried: "Edit" },
  disabled: { tried: "Disable" },
  reactivated: { tried: "Reactivate" },
  regenerated: { tried: "Regenerate" },
  grace_period_extended: { done: "overlap extended", tried: "Extend the overlap of" },
  grace_period_ended: { done: "overlap ended", tried: "End the overlap of" },
  kept: { done: "kept after review", tried: "Keep" },
  revoked: { tried: "Revoke" },
  deleted: { tried: "Delete" },
  used: { tried: "Use of" },
  invited: { tried: "Invite" },
  activated: { tried: "Activate" },
  deactivated: { tried: "Deactivate" },
  retired: { tried: "Retire" },
  unretired: { done: "offered again" },
  bootstrapped: { done: "set up", tried: "Set up" },
  rotated: { tried: "Rotate" },
  ended: { tried: "End" },
};

/** Refusals that read better as a noun of their own. */
const REFUSED: Record<string, string> = {
  "member.signed_in": "Sign-in refused",
  "member.signed_out": "Sign-out refused",
  "member.password_changed": "Password change refused",
  "product.unretired": "Offering a product again refused",
};

/** "API key", "Signing key". */
export const kindLabel = (kind: string): string => KINDS[kind] ?? capitalized(kind.replaceAll("_", " "));

/** "created", "overlap ended". */
export function verbLabel(kind: string, verb: string): string {
  if (verb === "deleted" && kind === "api_key") return "deleted permanently";
  return VERBS[verb]?.done ?? verb.replaceAll("_", " ");
}

/** "API key created", "Member signed in". */
export function actionLabel(action: string): string {
  const [kind = action, verb = ""] = action.split(".");
  return `${kindLabel(kind)} ${verbLabel(kind, verb)}`.trim();
}

/** An event's title. What was refused does not read as if it had happened: "Create API key refused". */
export function eventTitle({ action, outcome }: { action: string; outcome: "done" | "denied" }): string {
  if (outcome === "done") return actionLabel(action);
  const [kind = action, verb = ""] = action.split(".");
  const tried = VERBS[verb]?.tried;
  if (!tried) return REFUSED[action] ?? `${actionLabel(action)}: refused`;
  return `${tried} ${KINDS[kind] ?? kind.replaceAll("_", " ")} refused`;
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
