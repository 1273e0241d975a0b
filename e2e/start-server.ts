import { startInstance } from "@/lib/testing/instance";

/**
 * Starts the built server with an empty database, for the whole run. The tests find its address in LATCHKEY_E2E_URL
 * and the one-time set-up link in LATCHKEY_E2E_SETUP_URL.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const instance = await startInstance();
  process.env.LATCHKEY_E2E_URL = instance.url;
  process.env.LATCHKEY_E2E_SETUP_URL = instance.setupUrl ?? "";
  return instance.stop;
}
