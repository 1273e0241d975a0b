import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ACTION_FILTER, AUDIT_ACTIONS } from "@/lib/audit/actions";

const known = Object.entries(AUDIT_ACTIONS).flatMap(([kind, verbs]) => verbs.map((verb) => `${kind}.${verb}`));

/** Every action that the domain names, other than in its tests and in the table itself. */
function namedInSources(): string[] {
  const files = execFileSync("git", ["ls-files", "lib/**/*.ts"], { encoding: "utf8" }).trim().split("\n");
  const kinds = Object.keys(AUDIT_ACTIONS).join("|");
  const sources = files.filter((file) => !file.endsWith(".test.ts") && !file.startsWith("lib/testing/"));
  const named = sources.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(new RegExp(`"((?:${kinds})\\.[a-z_]+)"`, "g"))].map(([, action]) => action),
  );
  return [...new Set(named)].flatMap((action) => action ?? []);
}

describe("the table of audited actions", () => {
  test("has every action that is written, and none that never happens: the filter offers exactly these", () => {
    expect(namedInSources().sort()).toEqual([...known].sort());
  });

  test("has only actions that a filter can ask for", () => {
    expect(known.filter((action) => !ACTION_FILTER.test(action))).toEqual([]);
  });
});
