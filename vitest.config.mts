import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

// A time zone that nobody works in and whose offset is no whole hour: a time formatted without an explicit zone fails.
process.env.TZ = "Asia/Kathmandu";

const shared = { environment: "node", exclude: ["node_modules/**", ".next/**", "dist/**", "e2e/**"] };

export default defineConfig({
  resolve: { alias: { "@": path.resolve(import.meta.dirname) } },
  test: {
    env: {
      TZ: "Asia/Kathmandu",
      LOG_LEVEL: "silent",
      LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64"),
      LATCHKEY_DATA_DIR: path.join(tmpdir(), "latchkey-test-unused"),
    },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          testTimeout: 30_000,
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...shared.exclude, "**/*.db.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "db",
          // A busy machine may lose a race against a clock once; what fails twice is broken.
          retry: process.env.CI ? 1 : 0,
          include: ["**/*.db.test.ts"],
          pool: "forks",
          globalSetup: ["lib/testing/global-setup.ts"],
          setupFiles: ["lib/testing/worker-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
