import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { makeSocketDirectory } from "@/lib/server/socket-directory";

const root = mkdtempSync(path.join(tmpdir(), "latchkey-sockets-"));
const made: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

async function makeIn(temporary: string, dataDir = path.join(root, "data")): Promise<string> {
  vi.stubEnv("TMPDIR", temporary);
  const directory = await makeSocketDirectory("pages.sock", dataDir);
  made.push(directory);
  return directory;
}

function longPlace(): string {
  const place = path.join(root, "l".repeat(108 - root.length));
  mkdirSync(place, { recursive: true });
  return place;
}

test("the temporary directory is used where the path fits, and only this user may enter", async () => {
  mkdirSync(root, { recursive: true });
  const directory = await makeIn(root);
  expect(path.dirname(directory)).toBe(root);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("in a temporary directory with a long path, a socket appears under its own name all the same, each time", async () => {
  for (let start = 0; start < 2; start++) {
    const directory = await makeIn(longPlace());
    const server = createServer().listen(path.join(directory, "pages.sock"));
    await once(server, "listening");
    expect(readdirSync(directory)).toEqual(["pages.sock"]);
    server.close();
  }
});

test("a temporary directory that is not there keeps nobody from starting", async () => {
  expect(path.dirname(await makeIn(path.join(root, "absent")))).toBe("/tmp");
});
