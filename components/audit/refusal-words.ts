import { ERRORS } from "@/lib/errors";

/** Why, as the log tells it of someone: of sign-ins it says more than who tries is told. */
const WHY: Record<string, string> = {
  wrong_credentials: "wrong e-mail or password",
  wrong_password: "the current password was wrong",
  throttled: "too many attempts",
  deactivated: "the member is deactivated",
  unreadable: "no readable e-mail, or no password",
  email_not_verified: "the provider has not verified the e-mail",
  not_a_member: "nobody here has this e-mail",
  insufficient_permissions: "a permission is missing",
  exceeds_own_access: "it exceeds what they may do themselves",
  ip_not_allowed: "the address is not allowed",
  invitation_expired: "the invitation has expired",
};

/** The code of a refusal in words: its own, or the sentence that the API says. */
export function refusalWords(code: string): string {
  const known = Object.entries(ERRORS).find(([error]) => error === code);
  return WHY[code] ?? known?.[1].title ?? code;
}
