import { expect, test } from "vitest";
import { commitWatch } from "@/lib/testing/database-proxy";

function message(type: string, ...texts: string[]): Buffer {
  const content = Buffer.from(`${texts.join("\0")}\0`);
  const head = Buffer.alloc(4);
  head.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), head, content]);
}
const STARTUP = message("", "user", "commit");
const started = () => {
  const watch = commitWatch();
  watch(STARTUP);
  return watch;
};

test("sees a COMMIT as a simple query and as an execution of a prepared one, by name or without", () => {
  expect(started()(message("Q", "COMMIT"))).toBe(true);
  expect(started()(Buffer.concat([message("P", "", "COMMIT", ""), message("B", "", "")]))).toBe(true);
  const watch = started();
  expect(watch(message("P", "s7", "commit", ""))).toBe(false);
  expect(watch(message("B", "", "s7"))).toBe(true);
  expect(watch(message("B", "", "s7"))).toBe(true);
});

test("sees none elsewhere: in the start-up packet, in other statements, in values", () => {
  expect(commitWatch()(STARTUP)).toBe(false);
  const watch = started();
  expect(watch(message("Q", "SELECT 'COMMIT'"))).toBe(false);
  expect(watch(Buffer.concat([message("P", "", "SELECT $1", ""), message("B", "", "", "COMMIT")]))).toBe(false);
});

test("sees one that arrives a byte at a time, when it is complete", () => {
  const watch = started();
  const seen = [...message("Q", "COMMIT")].map((byte) => watch(Buffer.from([byte])));
  expect(seen.indexOf(true)).toBe(seen.length - 1);
});
