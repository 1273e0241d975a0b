import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  actionIncludes,
  filterWithin,
  matchesResource,
  parseResourceFilter,
  SCOPE_ACTIONS,
  scopeAllows,
  scopesWithin,
} from "@/lib/api-keys/resource-filter";

const literal = fc.constantFrom("a", "b", "A");
const path = fc.array(literal, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const filter = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "A", "#"), { maxLength: 3 }), fc.constantFrom("a", "#", "*"))
  .map(([segments, last]) => [...segments, last].join("/"));
const scope = fc.record({ action: fc.constantFrom(...SCOPE_ACTIONS), resource: filter });

/** Every path of up to five segments over two known names and one that no filter knows. */
const everyPath = [1, 2, 3, 4, 5].flatMap((length) => {
  let paths = [""];
  for (let i = 0; i < length; i++)
    paths = paths.flatMap((start) => ["a", "b", "A", "z"].map((next) => `${start}/${next}`));
  return paths.map((text) => text.slice(1));
});

describe("parseResourceFilter", () => {
  test.each([
    "*",
    "#",
    "a",
    "PLACE/Site/42/THING/Battery/7",
    "PLACE/Site/#/THING/*",
    "été/ ü",
    "x".repeat(512),
    "🔑".repeat(512),
  ])("accepts %s without a warning", (text) => {
    expect(parseResourceFilter(text)).toEqual({ ok: true, warning: null });
  });

  test.each([
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "a/./b",
    "a/../b",
    "a\u0000",
    "a\nb",
    "a\u202eb",
    "a\ud800",
    "x".repeat(513),
  ])("refuses %j and says why", (text) => {
    const parsed = parseResourceFilter(text);
    expect(parsed.ok).toBe(false);
    expect(parsed).toHaveProperty("detail", expect.stringMatching(/^The .+\.$|^A resource has .+\.$/));
    expect(matchesResource("*", text)).toBe(false);
    expect(matchesResource(text, text)).toBe(false);
    expect(filterWithin(text, "*")).toBe(false);
    expect(filterWithin("a", text)).toBe(false);
  });

  test.each(["a/*/b", "a/42*", "Site#"])("accepts %s and warns that the sign is taken literally", (text) => {
    expect(parseResourceFilter(text)).toMatchObject({ ok: true, warning: expect.stringContaining("taken literally") });
  });

  test("DS-05 judges 50 kB at once", () => {
    const started = performance.now();
    for (const text of ["/".repeat(50_000), "a/".repeat(25_000), "#".repeat(50_000), "🔑".repeat(25_000)]) {
      expect(parseResourceFilter(text).ok).toBe(false);
      expect(matchesResource("*", text)).toBe(false);
    }
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("matchesResource", () => {
  test.each([
    ["*", ["a", "a/b", "a/b/c"], []],
    ["a", ["a"], ["A", "b", "a/b"]],
    ["#", ["a", "*", "#"], ["a/b"]],
    ["a/*", ["a/b", "a/b/c"], ["a", "b/c", "A/b"]],
    ["a/#", ["a/b"], ["a", "a/b/c"]],
    ["#/#/*", ["a/b/c", "a/b/c/d"], ["a", "a/b"]],
    ["a/*/c", ["a/*/c"], ["a/b/c", "a/x/y/c"]],
    ["PLACE/Site/42/*", ["PLACE/Site/42/THING/Battery/7"], ["PLACE/Site/42", "PLACE/Site/421/x", "place/Site/42/x"]],
  ])("%s covers %j and not %j", (text, covered, others) => {
    for (const each of covered) expect(matchesResource(text, each)).toBe(true);
    for (const each of others) expect(matchesResource(text, each)).toBe(false);
  });
});

describe("filterWithin", () => {
  test("is true exactly when no path is covered by the inner filter alone", () => {
    fc.assert(
      fc.property(filter, filter, (inner, outer) => {
        const escapes = everyPath.some((each) => matchesResource(inner, each) && !matchesResource(outer, each));
        expect(filterWithin(inner, outer)).toBe(!escapes);
      }),
      { numRuns: 300 },
    );
  });

  test("everything is within itself and within *", () => {
    fc.assert(fc.property(filter, (each) => filterWithin(each, each) && filterWithin(each, "*")));
  });
});

describe("actionIncludes", () => {
  test.each([
    ["read", ["read"]],
    ["write", ["write"]],
    ["admin", ["read", "write", "admin"]],
    ["*", ["read", "write", "admin", "*"]],
  ] as const)("%s includes %j and nothing else", (granted, included: readonly string[]) => {
    for (const wanted of SCOPE_ACTIONS) expect(actionIncludes(granted, wanted)).toBe(included.includes(wanted));
  });
});

describe("scopesWithin", () => {
  test("what it lets pass allows nothing that the outer scopes do not", () => {
    const action = fc.constantFrom(...SCOPE_ACTIONS);
    fc.assert(
      fc.property(
        fc.array(scope, { maxLength: 3 }),
        fc.array(scope, { maxLength: 3 }),
        action,
        path,
        (inner, outer, wanted, to) => {
          if (scopesWithin(inner, outer).length === 0 && scopeAllows(inner, wanted, to)) {
            expect(scopeAllows(outer, wanted, to)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("PZ-02 returns exactly the scopes that are too much", () => {
    const outer = [{ action: "admin", resource: "PLACE/Site/42/*" }] as const;
    const held = { action: "write", resource: "PLACE/Site/42/THING/#" } as const;
    const wider = { action: "read", resource: "PLACE/Site/*" } as const;
    const stronger = { action: "*", resource: "PLACE/Site/42/*" } as const;
    expect(scopesWithin([held, wider, stronger], outer)).toEqual([wider, stronger]);
    expect(scopesWithin([held], [])).toEqual([held]);
    expect(scopesWithin([], [])).toEqual([]);
  });
});
