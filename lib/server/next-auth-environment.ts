import { derivedSecret, getEnv } from "@/lib/env";

/** next-auth reads these two from the environment. Its own origin never comes from a request. */
export function setNextAuthEnvironment(): void {
  process.env.NEXTAUTH_URL = getEnv().url;
  process.env.NEXTAUTH_SECRET = derivedSecret("session-cookie").toString("base64url");
}
