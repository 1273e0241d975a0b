/** How the form asks for an expiry: never, a preset counted from the moment of saving, or a moment of one's own. */
export const EXPIRY_PRESETS = [
  { choice: "7d", label: "7 days" },
  { choice: "30d", label: "30 days" },
  { choice: "90d", label: "90 days" },
  { choice: "1y", label: "1 year" },
] as const;

type Preset = (typeof EXPIRY_PRESETS)[number]["choice"];

export type ExpiryChoice = {
  choice: "never" | Preset | "custom";
  /** What a datetime-local control holds: `2027-03-03T14:05`, in the zone of this browser. Only read for "custom". */
  local: string;
};

/** The moment of a choice in Unix seconds; null = never, undefined = no readable date and time was entered. */
export function expiryOf({ choice, local }: ExpiryChoice, now: number): number | null | undefined {
  if (choice === "never") return null;
  if (choice === "custom") return fromLocal(local);
  if (choice === "1y") return oneYearAfter(now);
  return now + PRESET_DAYS[choice] * 86_400;
}

/** A stored expiry as the form's choice. */
export function choiceOf(expiresAt: number | null): ExpiryChoice {
  return expiresAt === null ? { choice: "never", local: "" } : { choice: "custom", local: toLocal(expiresAt) };
}

/** Unix seconds as a datetime-local control writes them, in the zone of this browser, cut to the minute. */
export function toLocal(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const PRESET_DAYS = { "7d": 7, "30d": 30, "90d": 90 } as const;

/** A local time that a clock change skips is read as the moment the same time after the change, as every browser does. */
function fromLocal(local: string): number | undefined {
  if (!/^\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(local)) return undefined;
  const milliseconds = new Date(local).getTime();
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

/** The same time of day one year on, in UTC; the day after 28 February for a leap day. */
function oneYearAfter(now: number): number {
  const date = new Date(now * 1000);
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return Math.floor(date.getTime() / 1000);
}
