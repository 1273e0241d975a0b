import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Provider, { type AccountClaims, type Configuration } from "oidc-provider";

export const CLIENT = { id: "latchkey", secret: "s3cret: 100% & more + one" };

export type TestProvider = { stop: () => Promise<void> };
type Setup = {
  issuer: string;
  redirectUri: string;
  /** What the provider says of each account, by its subject. */
  accounts: Map<string, Omit<AccountClaims, "sub">>;
  /** Claims stand in the id_token, as with most hosted providers, or at the userinfo endpoint, as in the standard. */
  claimsIn: "id_token" | "userinfo";
};

/** A real OpenID Connect provider on loopback with one client, which signs in whoever types the subject of an account. */
export async function startProvider({ issuer, redirectUri, accounts, claimsIn }: Setup): Promise<TestProvider> {
  const hour = 3_600;
  const configuration: Configuration = {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...signingKey(), use: "sig", alg: "RS256" }] },
    cookies: { keys: ["for tests alone"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: claimsIn === "userinfo",
    pkce: { methods: ["S256"], required: () => true },
    ttl: { AccessToken: hour, Grant: hour, IdToken: hour, Interaction: hour, Session: hour },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, subject) => {
      const said = accounts.get(subject);
      return said && { accountId: subject, claims: () => ({ sub: subject, ...said }) };
    },
    // Nobody is asked for consent.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        ...(oidc.client ? { clientId: oidc.client.clientId } : {}),
        ...(oidc.session?.accountId ? { accountId: oidc.session.accountId } : {}),
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const handle = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/interaction/")) void interact(provider, request, response);
    else handle(request, response);
  });
  const { hostname, port } = new URL(issuer);
  server.listen(Number(port), hostname);
  await once(server, "listening");
  return {
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The provider's own page: type an account's subject and sign in, or cancel. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "POST") {
    const form = new URLSearchParams(await text(request));
    const accountId = form.get("account");
    const result = accountId ? { login: { accountId } } : { error: "access_denied", error_description: "Cancelled." };
    await provider.interactionFinished(request, response, result);
    return;
  }
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(
    '<!doctype html><html lang="en"><title>Provider</title><form method="post">' +
      '<label>Account <input name="account"></label><button>Sign in</button></form>' +
      '<form method="post"><button>Cancel</button></form></html>',
  );
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ format: "jwk" });
}
