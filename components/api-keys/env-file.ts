/** The token as a line of a `.env` file. Tokens are letters, digits and underscores, so nothing needs quoting. */
export function envFile(token: string): string {
  return `LATCHKEY_TOKEN=${token}\n`;
}

/** A file name from the key's name: lower case, words joined by hyphens, never hidden and never a path. */
export function envFileName(keyName: string): string {
  const words = keyName
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  const stem = words.join("-").slice(0, MAX_STEM).replace(/-+$/, "");
  return `${stem || "api-key"}.env`;
}

/** A call that works with any token, from any shell that has curl. */
export function curlExample(token: string, origin: string): string {
  return `curl -H "Authorization: Bearer ${token}" \\\n  ${origin}/v4/account/api-keys/allowed-permissions`;
}

const MAX_STEM = 60;
