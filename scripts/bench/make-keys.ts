import type { Instance } from "@/lib/testing/instance";

export type MadeKey = { id: string; token: string };

/** So many keys through the API, one after another, as the owner's session. */
export async function makeKeys({ url }: Instance, cookie: string, count: number, fields: object): Promise<MadeKey[]> {
  const headers = { cookie, origin: url, "content-type": "application/json" };
  const made: MadeKey[] = [];
  for (let i = 0; i < count; i++) {
    const body = JSON.stringify({ name: `Bench ${i}`, ...fields });
    const answer = await fetch(`${url}/v4/account/api-keys`, { method: "POST", headers, body });
    if (answer.status !== 201) throw new Error(`No key was made: ${answer.status} ${await answer.text()}`);
    made.push((await answer.json()) as MadeKey);
  }
  return made;
}
