import { ERRORS } from "@/lib/errors";

/** Why a sign-in or a guess at a password was refused: what only the log says, to nobody who tries. */
const WHY: Record<string, string> = {
  wrong_credentials: "wrong e-mail or password",
  wrong_password: "the current password was wrong",
  throttled: "too many attempts",
  deactivated: "the member is deactivated",
  unreadable: "no readable e-mail, or no password",
  email_not_verified: "the provider has not verified the e-mail",
  not_a_member: "nobody here has this e-mail",
  invitation_expired: "the invitation has expired",
};

/** The code of a refusal in words: its own, or the sentence that the API says. */
export function refusalWords(code: string): string {
  const known = Object.entries(ERRORS).find(([error]) => error === code);
  return WHY[code] ?? known?.[1].title ?? code;
}
