import type { Instance } from "@/lib/testing/instance";
import type { Served } from "@/scripts/bench/bed";
import { type MadeKey, makeKeys } from "@/scripts/bench/make-keys";
import { KEYS, type Subject } from "@/scripts/bench/measure";
import { getWith, postWith, type Request, tryOne } from "@/scripts/bench/request";

const RESOURCE = "PLACE/Site/42/THING/Battery/7";
const REQUIREMENTS = { permissions: ["residential:read"], action: "read", resource: RESOURCE, ip: "203.0.113.9" };
const AUTHORIZE = `/v4/authorize?permission=residential:read&action=read&resource=${RESOURCE}`;
const SCOPES = [{ action: "read", resource: "PLACE/Site/42/*" }];
/** What the presented keys may do: enough that a permission, a scope and address rules are judged each time. */
export const CHECKED = {
  permissions: ["residential:read"],
  scopes: SCOPES,
  allowed_ips: ["203.0.113.0/24", "127.0.0.0/8"],
};
/** They can do all that the presented keys can: else they could not regenerate them. */
const MANAGER = {
  permissions: ["account:apikeys:read", "account:apikeys:create", "account:apikeys:regenerate", "residential:read"],
  scopes: SCOPES,
};

/** Keys that call: the services that verify, and those that manage. Many, since each has its rate limit and its turn. */
export type Callers = { verifiers: MadeKey[]; managers: MadeKey[] };

export async function makeCallers({ instance, cookie }: Served): Promise<Callers> {
  return {
    verifiers: await makeKeys(instance, cookie, 4, { permissions: ["account:apikeys:verify"] }),
    managers: await makeKeys(instance, cookie, 128, MANAGER),
  };
}

export const makeChecked = ({ instance, cookie }: Served): Promise<MadeKey[]> =>
  makeKeys(instance, cookie, KEYS, CHECKED);

const nth = <T>(list: T[], i: number): T => list[i % list.length] as T;

export const verifyRequests = ({ verifiers }: Callers, tokens: string[]): Request[] =>
  tokens.map((token, i) => postWith(nth(verifiers, i).token, "/v4/verify", { token, ...REQUIREMENTS }));

export const authorizeRequests = (tokens: string[]): Request[] => tokens.map((token) => getWith(token, AUTHORIZE));

export const getRequests = ({ managers }: Callers, ids: string[]): Request[] =>
  ids.map((id, i) => getWith(nth(managers, i).token, `/v4/account/api-keys/${id}`));

export const listRequests = ({ managers }: Callers): Request[] =>
  Array.from({ length: KEYS }, (_, i) => getWith(nth(managers, i).token, "/v4/account/api-keys?limit=20"));

export const createRequests = ({ managers }: Callers): Request[] =>
  Array.from({ length: KEYS }, (_, i) =>
    postWith(nth(managers, i).token, "/v4/account/api-keys", { name: `Made ${i}`, permissions: ["residential:read"] }),
  );

/** Each of `ids` by another caller. Two of one key at once would wait for each other. */
export const regenerateRequests = ({ managers }: Callers, ids: string[]): Request[] =>
  ids.map((id, i) => postWith(nth(managers, i).token, `/v4/account/api-keys/${id}/regenerate`, {}));

/** What is asked of an instance, after one request of it has succeeded. */
export async function subjectOf(name: string, { url, pid }: Instance, requests: Request[]): Promise<Subject> {
  const [first] = requests;
  if (!first) throw new Error(`No request for ${name}.`);
  const answer = await tryOne(url, first);
  if (first.path === "/v4/verify" && !answer.includes('"VALID"')) throw new Error(`${name}: ${answer}`);
  return { name, url, pid, requests };
}
