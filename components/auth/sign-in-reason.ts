import type { FormAlert } from "@/components/api-client";

/** Why signing in failed, in words, from the reason that next-auth hands to the form. Unknown and known e-mails read alike. */
export function signInAlert(reason: string | null | undefined): FormAlert {
  const seconds = reason?.match(/^throttled:(\d{1,6})$/)?.[1];
  if (seconds) {
    const unit = seconds === "1" ? "second" : "seconds";
    return { title: `Too many attempts, try again in ${seconds} ${unit}`, details: [] };
  }
  if (reason === "CredentialsSignin") return { title: "The e-mail or the password is wrong", details: [] };
  return { title: "Signing in did not work", details: ["The server may be unavailable. Try again in a moment."] };
}
