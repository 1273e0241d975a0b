import { describe, expect, test } from "vitest";
import { pressKey, shortcutsEnabled, shortcutsFor } from "@/components/shortcuts/shortcuts";

const all = shortcutsFor({ role: "owner", bootstrapped: true });

function typing(keys: string[]) {
  let pending: string | null = null;
  const actions: string[] = [];
  for (const key of keys) {
    const pressed = pressKey(all, pending, key);
    pending = pressed.pending;
    if (pressed.action) actions.push(pressed.action);
  }
  return actions;
}

describe("pressKey", () => {
  test.each([
    [["/"], ["search-keys"]],
    [["c"], ["create-key"]],
    [["?"], ["help"]],
    [["g", "k"], ["/api-keys"]],
    [["g", "u"], ["/usage"]],
    [["g", "a"], ["/audit-log"]],
    [["g", "s"], ["/settings"]],
  ])("%j means %j", (keys, actions) => {
    expect(typing(keys)).toEqual(actions);
  });

  test("a sequence that leads nowhere starts anew with its last key", () => {
    expect(typing(["g", "x", "k"])).toEqual([]);
    expect(typing(["g", "c"])).toEqual(["create-key"]);
    expect(typing(["g", "g", "u"])).toEqual(["/usage"]);
  });
});

test("shortcuts lead only to what this member has", () => {
  const actions = (viewer: Parameters<typeof shortcutsFor>[0]) => shortcutsFor(viewer).map(({ action }) => action);
  expect(actions({ role: "viewer", bootstrapped: true })).not.toContain("create-key");
  expect(actions({ role: "developer", bootstrapped: true })).toContain("create-key");
  expect(actions({ role: "owner", bootstrapped: false })).toEqual(["/usage", "/audit-log", "/settings", "help"]);
});

test("no two shortcuts take the same keys, and none is the start of another", () => {
  const keys = all.map((shortcut) => shortcut.keys.join(" "));
  for (const one of keys) expect(keys.filter((other) => other === one || other.startsWith(`${one} `))).toEqual([one]);
});

test("shortcuts are on unless they were turned off", () => {
  expect(shortcutsEnabled(undefined)).toBe(true);
  expect(shortcutsEnabled("off")).toBe(false);
});
