const KINDS: Record<string, string> = { api_key: "API key" };
const VERBS: Record<string, string> = {
  bootstrapped: "set up",
  grace_period_extended: "overlap extended",
  grace_period_ended: "overlap ended",
  unretired: "offered again",
  deleted: "deleted permanently",
};

/** "API key", "Signing key". */
export const kindLabel = (kind: string): string => KINDS[kind] ?? capitalized(kind.replaceAll("_", " "));

/** "created", "overlap ended". */
export function verbLabel(kind: string, verb: string): string {
  if (verb === "deleted" && kind !== "api_key") return "deleted";
  return VERBS[verb] ?? verb.replaceAll("_", " ");
}

/** "API key created", "Member signed in". */
export function actionLabel(action: string): string {
  const [kind = action, verb = ""] = action.split(".");
  return `${kindLabel(kind)} ${verbLabel(kind, verb)}`.trim();
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
