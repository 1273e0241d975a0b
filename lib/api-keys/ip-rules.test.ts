import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ipRulesWithin, matchesIpRules, parseAddress, parseIpRule } from "@/lib/api-keys/ip-rules";

const ipv4 = fc
  .nat({ max: 0xffff_ffff })
  .map((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join("."));

describe("parseIpRule", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["203.0.113.9/32", "203.0.113.9"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::1/128", "2001:db8::1"],
    ["2001:0db8::/32", "2001:db8::/32"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["fe80::/10", "fe80::/10"],
    ["::", "::"],
    ["::1", "::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["::ffff:192.0.2.0/120", "192.0.2.0/24"],
    ["::8.8.8.8", "::808:808"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ])("%s is stored as %s", (text, rule) => {
    expect(parseIpRule(text)).toEqual({ ok: true, rule, wildcard: false });
  });

  test.each([
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["::/0", "::/0"],
    ["::ffff:0:0/96", "0.0.0.0/0"],
  ])("IP-11 %s is accepted as a wildcard", (text, rule) => {
    expect(parseIpRule(text)).toEqual({ ok: true, rule, wildcard: true });
  });

  test.each([
    ["10.0.0.0/33", "10.0.0.0/33: the prefix length is at most 32 for IPv4."],
    ["2001:db8::/129", "2001:db8::/129: the prefix length is at most 128 for IPv6."],
    ["10.0.0.0/4294967296", "10.0.0.0/4294967296: the prefix length is at most 32 for IPv4."],
    ["10.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0: a range ends in a prefix length, not in a netmask. Write 10.0.0.0/8."],
    [
      "010.0.0.1",
      '010.0.0.1: "010" has a leading zero, which some programs read as octal; write the number without it.',
    ],
    ["0x7f.0.0.1", "0x7f.0.0.1: write each number in decimal, not in hexadecimal."],
    ["10.0.0", "10.0.0: an IPv4 address has four numbers, such as 192.0.2.1."],
    ["fe80::1%eth0", "fe80::1%eth0: an address with a zone (%) means something on one machine only."],
    ["example.com", "example.com: this is not an IP address; host names are not accepted."],
    ["", "Empty entry: the address is missing."],
  ])("IP-07 the error for %j names it, says what is wrong and the way out", (text, detail) => {
    expect(parseIpRule(text)).toMatchObject({ ok: false, code: "invalid_cidr", detail });
  });

  test.each([
    "256.0.0.1",
    "1.2.3.4.5",
    "1.2.3",
    "1.2.3.",
    ".1.2.3.4",
    "1..2.3",
    "2130706433",
    "0177.0.0.1",
    "00.0.0.0",
    "0x7f000001",
    "1.2.3.4/",
    "1.2.3.4/-1",
    "1.2.3.4/-0",
    "1.2.3.4/+8",
    "1.2.3.4/08",
    "1.2.3.4/8/8",
    "1.2.3.4/ 8",
    "1.2.3.4/8.0",
    "1.2.3.4/0x8",
    "1.2.3.4/1e1",
    "1.2.3.4/255.0.255.0",
    "192.0.2.0/0.0.0.255x",
    "1.2.3.4/::",
    "/8",
    "/",
    " 1.2.3.4",
    "1.2.3.4 ",
    "1. 2.3.4",
    "1.2.3.4\n",
    "1.2.3.4\u0000",
    "1.2.3.4\u00a0",
    "１.2.3.4",
    "1.2.3.٤",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    ":1::2",
    "1::2:",
    "12345::",
    "g::1",
    "::ffff:1.2.3",
    "::ffff:01.2.3.4",
    "::ffff:1.2.3.256",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "fe80::1%1",
    "::1%25lo",
    "[::1]",
    "[::1]:443",
    "1.2.3.4:443",
    "1.2.3.4-1.2.3.9",
    "10.0.0.*",
    "any",
    "*",
    "localhost",
  ])("IP-07 refuses %j", (text) => {
    const parsed = parseIpRule(text);
    expect(parsed).toMatchObject({ ok: false, code: "invalid_cidr" });
    expect(matchesIpRules([text], "1.2.3.4")).toBe(false);
    expect(matchesIpRules([text], "::1")).toBe(false);
  });

  test.each([
    ["10.0.0.1/8", ["10.0.0.0/8", "10.0.0.1"]],
    ["1.2.3.4/0", ["0.0.0.0/0", "1.2.3.4"]],
    ["2001:db8::1/32", ["2001:db8::/32", "2001:db8::1"]],
    ["::ffff:10.0.0.1/104", ["10.0.0.0/8", "10.0.0.1"]],
    ["::ffff:10.0.0.1/64", ["::/64", "10.0.0.1"]],
  ])("IP-09 %s is refused with both readings", (text, suggestions) => {
    const parsed = parseIpRule(text);
    expect(parsed).toMatchObject({ ok: false, code: "host_bits_set", suggestions });
    for (const suggestion of suggestions) expect(parseIpRule(suggestion)).toMatchObject({ ok: true, rule: suggestion });
  });

  test("a canonical rule is its own canonical form", () => {
    const rule = fc.oneof(fc.tuple(fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.nat(128)));
    fc.assert(
      fc.property(rule, ([address, prefix]) => {
        const parsed = parseIpRule(`${address}/${prefix}`);
        const rules = parsed.ok ? [parsed.rule] : (parsed.suggestions ?? []);
        expect(rules.length).toBeGreaterThan(0);
        for (const each of rules) expect(parseIpRule(each)).toMatchObject({ ok: true, rule: each });
      }),
    );
  });

  test("an error quotes a bounded and harmless part of the entry", () => {
    const parsed = parseIpRule(`\u001b[31m\u202e${"x".repeat(50_000)}`);
    expect(parsed).toHaveProperty("detail", expect.stringMatching(/^[\x20-\x7e\ufffd…]{1,200}$/));
  });

  test("DS-05 judges 50 kB at once", () => {
    const started = performance.now();
    for (const part of ["1.", "1", ":", "::", "f:", "0x", " ", "%", "/", "1-", "*", "[", "\u0000", "é"]) {
      const long = part.repeat(50_000 / part.length);
      for (const text of [long, `10.0.0.0/${long}`, `${long}/8`, `::${long}`]) expect(parseIpRule(text).ok).toBe(false);
      expect(parseAddress(long)).toBeNull();
    }
    // Far above what it takes and far below what quadratic work would: a busy machine fails nothing.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("parseAddress", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::FFFF:CB00:7109", "203.0.113.9"],
    ["2001:DB8::0001", "2001:db8::1"],
    ["::203.0.113.9", "::cb00:7109"],
  ])("IP-02 %s counts as %s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each([
    "",
    "unknown",
    "203.0.113.9:443",
    "[2001:db8::1]",
    "fe80::1%eth0",
    "203.0.113.09",
    "203.0.113.0/24",
    " 203.0.113.9",
  ])("IP-06 %j is no address", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe("matchesIpRules", () => {
  test("no rules admit everyone, an unknown address too", () => {
    expect(matchesIpRules([], "203.0.113.9")).toBe(true);
    expect(matchesIpRules([], null)).toBe(true);
  });

  test("IP-06 with rules an unknown or unreadable address is denied", () => {
    for (const address of [null, "", "unknown", "203.0.113.9:1", "0xcb007109"]) {
      expect(matchesIpRules(["0.0.0.0/0", "::/0"], address)).toBe(false);
    }
  });

  test("IP-01 a range admits its first and last address and not their neighbours", () => {
    const rules = ["198.51.100.64/26", "2001:db8:1::/48"];
    for (const inside of ["198.51.100.64", "198.51.100.127", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"]) {
      expect(matchesIpRules(rules, inside)).toBe(true);
    }
    for (const outside of ["198.51.100.63", "198.51.100.128", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "2001:db8:2::"]) {
      expect(matchesIpRules(rules, outside)).toBe(false);
    }
  });

  test("IP-02 an IPv4 client matches however the socket shows it", () => {
    expect(matchesIpRules(["203.0.113.0/24"], "::ffff:203.0.113.9")).toBe(true);
    expect(matchesIpRules(["::ffff:203.0.113.0/120"], "203.0.113.9")).toBe(true);
  });

  test("the families are independent", () => {
    expect(matchesIpRules(["::/0"], "203.0.113.9")).toBe(false);
    expect(matchesIpRules(["::/0"], "::ffff:203.0.113.9")).toBe(false);
    expect(matchesIpRules(["0.0.0.0/0"], "2001:db8::1")).toBe(false);
    expect(matchesIpRules(["0.0.0.0/0"], "::cb00:7109")).toBe(false);
  });

  test("DB-11 a stored list with an unreadable rule admits nobody: it may have been the one that narrowed", () => {
    const broken = ["10.0.0.1/8", "nonsense", "", "10.0.0.0/-0", "192.0.2.0/"];
    expect(matchesIpRules(broken, "10.0.0.1")).toBe(false);
    expect(matchesIpRules([...broken, "192.0.2.1"], "192.0.2.1")).toBe(false);
  });

  test("IP-13 a hundred rules are matched in microseconds once read", () => {
    const rules = Array.from({ length: 100 }, (_, index) => `10.${index}.0.0/17`);
    matchesIpRules(rules, "10.99.0.1");
    const started = performance.now();
    for (let i = 0; i < 10_000; i++) matchesIpRules(rules, "10.99.0.1");
    expect((performance.now() - started) / 10_000).toBeLessThan(0.05);
  });

  test("two lists never share what is remembered of them", () => {
    expect(matchesIpRules(["10.0.0.1", "10.0.0.2"], "10.0.0.2")).toBe(true);
    expect(matchesIpRules(["10.0.0.1,10.0.0.2"], "10.0.0.2")).toBe(false);
    expect(matchesIpRules(['10.0.0.1","10.0.0.2'], "10.0.0.2")).toBe(false);
    for (let i = 0; i < 3000; i++)
      expect(matchesIpRules([`10.0.${i >> 8}.${i & 255}`], "10.0.11.0")).toBe(i === 11 * 256);
  });
});

describe("ipRulesWithin", () => {
  test.each([
    [["10.1.0.0/16"], ["10.0.0.0/8"], []],
    [["10.0.0.0/8"], ["10.1.0.0/16"], ["10.0.0.0/8"]],
    [["10.0.0.0/24"], ["10.0.0.0/25", "10.0.0.128/25"], []],
    [["10.0.0.0/24"], ["10.0.0.0/25", "10.0.0.129", "10.0.0.130/31"], ["10.0.0.0/24"]],
    [["10.0.0.0/31"], ["10.0.0.1", "10.0.0.0"], []],
    [["2001:db8::/32", "10.0.0.1"], ["2001:db8::/32"], ["10.0.0.1"]],
    [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], []],
    [["0.0.0.0/0"], ["::/0"], ["0.0.0.0/0"]],
    [["10.0.0.1"], [], []],
    [[], [], []],
    [[], ["10.0.0.0/8"], ["0.0.0.0/0", "::/0"]],
    [[], ["0.0.0.0/0"], ["::/0"]],
    // Nobody knows where a request comes from: a key without rules lets it pass, one with any rules does not.
    [[], ["0.0.0.0/0", "::/0"], ["0.0.0.0/0", "::/0"]],
    [["nonsense"], ["0.0.0.0/0", "::/0"], ["nonsense"]],
    [["10.0.0.1"], ["nonsense"], ["10.0.0.1"]],
  ])("IP-12 of %j beyond %j are %j", (inner, outer, beyond) => {
    expect(ipRulesWithin(inner, outer)).toEqual(beyond);
  });

  test("what lies within admits nobody whom the outer rules do not", () => {
    const rule = fc.tuple(ipv4, fc.integer({ min: 0, max: 6 })).map(([address, prefix]) => {
      const parsed = parseIpRule(`${address}/${prefix}`);
      return parsed.ok ? parsed.rule : (parsed.suggestions?.[0] ?? "");
    });
    const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rules, rules, ipv4, (inner, outer, address) => {
        if (ipRulesWithin(inner, outer).length === 0 && matchesIpRules(inner, address)) {
          expect(matchesIpRules(outer, address)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
