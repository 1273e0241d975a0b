/** A moment as the API writes it: whole Unix seconds. */
export function toUnixSeconds(moment: Date): number;
export function toUnixSeconds(moment: Date | null): number | null;
export function toUnixSeconds(moment: Date | null): number | null {
  return moment === null ? null : Math.floor(moment.getTime() / 1000);
}

/** Unix seconds as a moment. */
export const fromUnixSeconds = (seconds: number): Date => new Date(seconds * 1000);
