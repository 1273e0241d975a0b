import type { KeyStatus } from "@/lib/api-keys/status";
import type { Environment } from "@/lib/principal";

export const environmentLabel = (environment: Environment): string => ENVIRONMENTS[environment];
export const statusLabel = (status: KeyStatus): string => STATUSES[status];

/** "1 key", "12 keys". */
export const keysCounted = (count: number): string => (count === 1 ? "1 key" : `${count.toLocaleString("en")} keys`);

/** "All 3 were used in the last 24 hours.", "1 of them was used…": how many of some keys are in use. */
export function usedLatelyText(used: number, of: number): string {
  const who = used < of ? `${used.toLocaleString("en")} of them ${used === 1 ? "was" : "were"}` : ALL[of];
  return `${who ?? `All ${of.toLocaleString("en")} were`} used in the last 24 hours.`;
}

/** "a", "a and b", "a, b and c". */
export function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** "24 hours", "7 days". */
export const daysText = (seconds: number): string => (seconds <= 86_400 ? "24 hours" : `${seconds / 86_400} days`);

const ALL: Readonly<Record<number, string>> = { 1: "It was", 2: "Both were" };
const ENVIRONMENTS: Record<Environment, string> = { production: "Production", preview: "Preview" };
const STATUSES: Record<KeyStatus, string> = {
  active: "Active",
  disabled: "Disabled",
  expired: "Expired",
  revoked: "Revoked",
};
