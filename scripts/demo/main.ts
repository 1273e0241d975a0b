import { OWNER_SIGN_IN, startDemo } from "@/scripts/demo/instance";

/** Runs until Ctrl-C, and leaves nothing behind. */
async function main(): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const started = Date.now();
  console.log("\n  Making an organization with 40 keys and 90 days of history …");
  const demo = await startDemo(process.env.PORT ? { PORT: process.env.PORT } : {});
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\n  Ready in ${seconds} s. Sign in at ${demo.url}`);
  console.log(`\n    e-mail    ${OWNER_SIGN_IN.email}\n    password  ${OWNER_SIGN_IN.password}`);
  console.log("\n  The other members have the same password. Ctrl-C stops it and removes everything.\n");
  await asked;
  console.log("\n  Stopping …");
  await demo.stop();
}

await main();
process.exitCode = 0;
