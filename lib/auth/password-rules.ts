import { z } from "zod";

const MIN = 15;
const MAX = 128;

// Long passwords that head the public lists of breached ones; shorter ones are refused by length alone.
const COMMON = new Set([
  "correcthorsebatterystaple",
  "correct horse battery staple",
  "thisismypassword",
  "thisisapassword",
  "mypasswordispassword",
  "passwordpassword",
  "letmeinletmein",
  "administrator1",
  "administrator123",
  "administratoradmin",
  "iloveyouiloveyou",
  "qwertyuiopasdfgh",
  "qwertyuiopasdfghjkl",
  "qwertyuiopasdfghjklzxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "1qaz2wsx3edc4rfv",
  "1qaz2wsx3edc4rfv5tgb",
  "zaq12wsxcde34rfv",
  "welcometotheworld",
  "changemechangeme",
  "changeitchangeit",
  "supersecretpassword",
  "supersecurepassword",
  "verysecurepassword",
  "averylongpassword",
  "alongpassword123",
  "ilovemyself12345",
  "unbelievable12345",
  "trustno1trustno1",
  "abcdefghijklmnop",
  "abcdefghijklmno",
  "abcdefghijklmnopqrstuvwxyz",
  "michaeljackson1",
  "christopher12345",
  "manchesterunited",
  "liverpoolfootballclub",
  "thequickbrownfox",
  "thequickbrownfoxjumpsoverthelazydog",
  "maythe4thbewithyou",
  "maytheforcebewithyou",
  "tobeornottobe123",
  "opensesameopensesame",
  "passwordpassword1",
  "password12345678",
  "password123456789",
  "password1234567890",
  "latchkeylatchkey",
]);
const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890123456789",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
];

/** Why a password is too easy to guess, or null. The whole address is refused, and so is its local part with padding. */
export function guessable(password: string, email = ""): string | null {
  const plain = password.normalize("NFKC").toLowerCase();
  const letters = plain.replace(/[^\p{L}]/gu, "");
  if (COMMON.has(plain) || COMMON.has(letters)) return "This password is on the lists that attackers try first.";
  if (new Set(plain).size < 5 || /^(.{1,8})\1+.{0,7}$/su.test(plain))
    return "This password repeats itself. Use a few unrelated words.";
  if (ROWS.some((row) => runsAlong(plain, row)))
    return "This password follows a keyboard or alphabet row. Use a few unrelated words.";
  if (/^(latchkey|password|admin)+$/.test(letters))
    return "This password is the name of the product or a word everyone tries.";
  const address = email.normalize("NFKC").trim().toLowerCase();
  const local = address.split("@")[0] ?? "";
  if (address && (plain.includes(address) || (local.length >= 4 && plain.replaceAll(local, "").length < 8))) {
    return "This password is built from the e-mail address.";
  }
  return null;
}

/** True if `text` is nothing but a stretch of `row`, forwards or backwards, going round as often as needed. */
function runsAlong(text: string, row: string): boolean {
  const forwards = row.repeat(Math.ceil(MAX / row.length) + 1);
  const backwards = [...forwards].reverse().join("");
  return forwards.includes(text) || backwards.includes(text);
}

/** NIST SP 800-63B-4: 15 to 128 characters (code points), no composition rules, a block list. */
export const passwordSchema = z
  .string("Enter a password.")
  .refine((text) => [...text].length >= MIN, {
    error: `Use at least ${MIN} characters. A few unrelated words work well.`,
    abort: true,
  })
  .refine((text) => [...text].length <= MAX, { error: `Use at most ${MAX} characters.`, abort: true })
  .superRefine((text, ctx) => {
    const reason = guessable(text);
    if (reason) ctx.addIssue({ code: "custom", message: reason, params: { code: "password_too_common" } });
  });

/** Adds the check against the e-mail address to an object with `email` and `password`. */
export function refinePasswordAgainstEmail(
  value: { email: string; password: string },
  ctx: { addIssue: (issue: { code: "custom"; path: string[]; message: string; params: { code: string } }) => void },
): void {
  const reason = guessable(value.password, value.email);
  if (reason)
    ctx.addIssue({ code: "custom", path: ["password"], message: reason, params: { code: "password_too_common" } });
}
