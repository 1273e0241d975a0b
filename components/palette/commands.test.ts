import { KeyRound } from "lucide-react";
import { expect, test } from "vitest";
import { type Command, matchingCommands, nextIndex } from "@/components/palette/commands";

const command = (label: string, more: Partial<Command> = {}): Command => ({
  id: label,
  group: "Go to",
  label,
  icon: KeyRound,
  run: () => undefined,
  ...more,
});
const commands = [
  command("API Keys"),
  command("Audit log", { keywords: "history" }),
  command("Dark", { group: "Theme" }),
];
const labels = (query: string) => matchingCommands(commands, query).map(({ label }) => label);

test.each([
  ["", ["API Keys", "Audit log", "Dark"]],
  ["  ", ["API Keys", "Audit log", "Dark"]],
  ["KEYS", ["API Keys"]],
  ["log go", ["Audit log"]],
  ["history", ["Audit log"]],
  ["theme dark", ["Dark"]],
  ["dark keys", []],
])("%j finds %j: every word, in any order and case", (query, expected) => {
  expect(labels(query)).toEqual(expected);
});

test("the arrows go round", () => {
  expect(nextIndex(2, 1, 3)).toBe(0);
  expect(nextIndex(0, -1, 3)).toBe(2);
  expect(nextIndex(0, 1, 0)).toBe(0);
});
