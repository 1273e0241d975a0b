import type { Instance } from "@/lib/testing/instance";

const KEYS = "/v4/account/api-keys";

export type Traffic = { id: string; name: string; token: string };

/** Calls the API as the member of this session cookie. */
export async function asMember(instance: Instance, cookie: string, method: string, path: string, body?: unknown) {
  const headers = { cookie, origin: instance.url, "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(instance.url + path, { method, headers, ...sent });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

export async function createKey(instance: Instance, cookie: string, body: Record<string, unknown>): Promise<Traffic> {
  const made = await asMember(instance, cookie, "POST", KEYS, body);
  if (made.status !== 201) throw new Error(`No key was made: ${JSON.stringify(made.body)}`);
  return { id: made.body.id, name: made.body.name, token: made.body.token };
}

/** A real request with a key's token; its status. */
export async function callWith(instance: Instance, token: string, path: string, body?: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(instance.url + path, { headers, ...sent });
  await answer.arrayBuffer();
  return answer.status;
}
