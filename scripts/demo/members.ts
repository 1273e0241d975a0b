import { encode } from "next-auth/jwt";
import { sessionCookieName, sessionCookieSecret } from "@/lib/auth/session-cookie";
import { signIn } from "@/lib/auth/sign-in";
import { apiClient, type Client } from "@/lib/testing/client";
import { PASSWORD, PEOPLE, type PersonName } from "@/scripts/demo/people";

const MEMBERS = "/v4/account/members";

export type Members = ReturnType<typeof membersOf>;

/** The people of the organization, each calling the API in a session and from an address of their own. */
export function membersOf() {
  const clients = new Map<PersonName, Client>();
  const ids = new Map<PersonName, string>();

  const signedInAt = new Map<PersonName, number>();
  let now = Number.NEGATIVE_INFINITY;

  /** Nobody acts in a session of the week before: who comes back signs in first. */
  const send = async (by: PersonName, method: string, path: string, body?: unknown) => {
    if (now - (signedInAt.get(by) ?? now) > SESSION_SECONDS) await start(by);
    const client = clients.get(by);
    if (!client) throw new Error(`${by} has not joined yet.`);
    return client.send(method, path, body === undefined ? {} : { body });
  };
  /** Calls the API, and throws unless it answers as asked. */
  const call = async (by: PersonName, method: string, path: string, body?: unknown) => {
    const answer = await send(by, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} by ${by}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const start = async (name: PersonName) => {
    const { email, ip } = PEOPLE[name];
    const signedIn = await signIn({ email, password: PASSWORD, ip, userAgent: USER_AGENT });
    if (signedIn.outcome !== "signed_in") throw new Error(`${name} was not signed in: ${signedIn.outcome}`);
    const sid = signedIn.sessionSecret;
    const value = await encode({ token: { sid }, secret: sessionCookieSecret() });
    clients.set(name, apiClient({ cookie: `${sessionCookieName()}=${value}`, ip }));
    ids.set(name, signedIn.memberId);
    signedInAt.set(name, now);
  };

  return {
    call,
    signIn: start,
    /** Tells what time it is in the story: so many seconds before its end. */
    setClock(secondsAgo: number) {
      now = -secondsAgo;
    },
    async refused(by: PersonName, method: string, path: string, body?: unknown) {
      const { status } = await send(by, method, path, body);
      if (status !== 403) throw new Error(`${method} ${path} by ${by} was to be refused, and answered ${status}.`);
    },
    async setUp(organization: string, setup_token: string) {
      const { name, email, ip } = PEOPLE.ada;
      const body = { setup_token, organization, name, email, password: PASSWORD };
      const { status } = await apiClient({ ip }).post("/v4/setup", body);
      if (status !== 204) throw new Error(`The organization was not set up: ${status}`);
      await start("ada");
    },
    async join(who: PersonName) {
      const { name, email, role, ip } = PEOPLE[who];
      const { invitation_url } = await call("ada", "POST", MEMBERS, { name, email, role });
      const token = new URL(invitation_url).pathname.split("/").at(-1);
      await apiClient({ ip }).post(`/v4/invitations/${token}/accept`, { name, password: PASSWORD });
      await start(who);
    },
    deactivate: (by: PersonName, who: PersonName) =>
      call(by, "PATCH", `${MEMBERS}/${ids.get(who)}`, { status: "deactivated" }),
  };
}

/** Someone tries to sign in with a wrong password. */
export async function refusedSignIn(who: PersonName, ip: string): Promise<void> {
  const password = `not ${PASSWORD}`;
  await signIn({ email: PEOPLE[who].email, password, ip, userAgent: USER_AGENT });
}

/** As long as a session lasts at most. */
const SESSION_SECONDS = 12 * 3_600;

const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
