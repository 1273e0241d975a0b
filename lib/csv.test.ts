import { describe, expect, test } from "vitest";
import { csvRecord } from "@/lib/csv";

describe("a record", () => {
  test("quotes what RFC 4180 wants quoted, and ends its line", () => {
    expect(csvRecord(["plain", 'say "hi"', "a,b", "two\nlines", null, 1.5])).toBe(
      'plain,"say ""hi""","a,b","two\nlines",,1.5\r\n',
    );
  });

  test.each([
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ["+1+1", "'+1+1"],
    ["-2+3", "'-2+3"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["＝1+1", "'＝1+1"],
    [" =1+1", "' =1+1"],
    ["\t=1", '"\'\t=1"'],
    ["\r=1", '"\'\r=1"'],
    ['=HYPERLINK("https://x","y")', '"\'=HYPERLINK(""https://x"",""y"")"'],
  ])("IV-07 makes %j inert", (given, written) => {
    expect(csvRecord([given])).toBe(`${written}\r\n`);
  });

  test("leaves numbers and ordinary text alone, negative numbers too", () => {
    expect(csvRecord([-5, "a=b", "e-mail@example.com", "2026-11-20T18:00:00Z"])).toBe(
      "-5,a=b,e-mail@example.com,2026-11-20T18:00:00Z\r\n",
    );
  });
});
