import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const BIOME = path.resolve("node_modules/@biomejs/biome/bin/biome");
let directory = "";

// Linted where nothing else is, by the project's own rules.
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-architecture-"));
  cpSync("biome.json", path.join(directory, "biome.json"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What the linter says of a file at `at` that imports `module`. */
function lint(at: string, module: string): string {
  const file = path.join(directory, at);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `import * as imported from "${module}";\n\nexport const used = imported;\n`);
  const args = [BIOME, "lint", "--only=style/noRestrictedImports", "--colors=off", at];
  const run = spawnSync(process.execPath, args, { cwd: directory, encoding: "utf8" });
  rmSync(file);
  return `${run.status} ${run.stdout}${run.stderr}`;
}

describe("who may import whom", () => {
  test.each([
    ["lib/api-keys/anything.ts", "@/components/ui/button"],
    ["lib/api-keys/anything.ts", "@/app/session"],
    ["lib/api-keys/anything.ts", "@/lib/generated/prisma/client"],
    ["lib/api-keys/routes.ts", "@/lib/generated/prisma/client"],
    ["app/(console)/api-keys/page.tsx", "@/lib/generated/prisma/client"],
    ["components/api-keys/keys-table.tsx", "@/app/session"],
    ["components/api-keys/keys-table.tsx", "@/lib/generated/prisma/client"],
    ["components/ui/button.tsx", "@/lib/api-keys/schema"],
    ["components/ui/button.tsx", "@/components/api-keys/keys-table"],
    ["lib/api-keys/operations/create.ts", "next/headers"],
    ["lib/api-keys/operations/create.ts", "hono"],
    ["lib/api-keys/operations/create.ts", "react"],
    ["lib/regions/operations.ts", "@/lib/http/problem"],
    ["lib/api-keys/grants.ts", "node:crypto"],
    ["lib/api-keys/schema.ts", "@/lib/db"],
    ["lib/api-keys/policy.ts", "@/lib/api-keys/repository"],
  ])("%s may not import %s", (at, module) => {
    const said = lint(at, module);
    expect(said).toMatch(/^1 /);
    expect(said).toContain("noRestrictedImports");
  });

  test.each([
    ["lib/api-keys/repository.ts", "@/lib/generated/prisma/client"],
    ["lib/members/invitation-repository.ts", "@/lib/generated/prisma/client"],
    ["app/(console)/api-keys/page.tsx", "@/lib/api-keys/operations/list"],
    ["components/api-keys/keys-table.tsx", "@/lib/api-keys/status"],
    ["components/ui/dialog.tsx", "@/components/ui/button"],
  ])("%s may import %s", (at, module) => {
    expect(lint(at, module)).toMatch(/^0 /);
  });

  test("no file that is not a test is longer than 300 lines", () => {
    const files = execFileSync("git", ["ls-files", "app", "components", "lib", "scripts", "server.ts"], {
      encoding: "utf8",
    });
    const long = files
      .split("\n")
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\.tsx?$/.test(file))
      .map((file) => [file, execFileSync("sed", ["-n", "$=", file], { encoding: "utf8" }).trim()] as const)
      .filter(([, lines]) => Number(lines) > 300);
    expect(long).toEqual([]);
  });
});
