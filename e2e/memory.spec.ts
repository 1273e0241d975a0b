import { expect, test } from "@playwright/test";
import { OWNER_ENV, startInstance } from "@/lib/testing/instance";
import { residentMb } from "@/scripts/bench/processes";

// What an instance takes before anyone asks it anything: its place beside everything else on a small machine.

/** Some 110 when this was written, 230 before what is rarely needed was left to others or to later. */
const MOST_MB = 160;

test("the process that serves is small, also after it has made its database", async () => {
  test.skip(process.platform !== "linux", "Read from /proc.");
  const instance = await startInstance({ env: OWNER_ENV });
  try {
    const { own, children } = residentMb(instance.pid);
    expect(children).toBeGreaterThan(0);
    expect(own).toBeLessThan(MOST_MB);
  } finally {
    await instance.stop();
  }
});
