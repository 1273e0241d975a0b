/** A moment as the API writes it: whole Unix seconds. */
export function toUnixSeconds(moment: Date): number;
export function toUnixSeconds(moment: Date | null): number | null;
export function toUnixSeconds(moment: Date | null): number | null {
  return moment === null ? null : Math.floor(moment.getTime() / 1000);
}

/** Unix seconds as a moment. */
export const fromUnixSeconds = (seconds: number): Date => new Date(seconds * 1000);

/** Above this a number can only have been meant as milliseconds: 5138 AD in seconds, 1973 in milliseconds. */
export const MAX_UNIX_SECONDS = 99_999_999_999;
