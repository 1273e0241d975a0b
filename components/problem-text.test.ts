import { describe, expect, it } from "vitest";
import type { Problem } from "@/components/api-client";
import { problemText, showProblem } from "@/components/problem-text";

const problem = (given: Partial<Problem>): Problem => ({
  status: 422,
  code: "validation_failed",
  title: "The request is not valid",
  ...given,
});
const ended = problem({
  status: 401,
  code: "unauthenticated",
  title: "Authentication is required",
  detail: "Send a token as Authorization: Bearer.",
});
const noFields = (given: Problem) => showProblem(given, () => undefined, []);

describe("a problem in words", () => {
  it("asks who was signed out to sign in, and nobody for a token, in dialogs and in forms", () => {
    expect(problemText(ended)).toMatch(/^Your session has ended\. Sign in again/);
    expect(noFields(ended)).toEqual({ title: problemText(ended), details: [] });
  });

  it("says what is wrong with single fields where there are none to put it at", () => {
    const errors = [
      { pointer: "/a", code: "x", detail: "Too long." },
      { pointer: "/b", code: "x", detail: "Too late." },
    ];
    expect(problemText(problem({ detail: "2 fields need attention.", errors }))).toBe("Too long. Too late.");
    expect(problemText(problem({ detail: "The key is gone." }))).toBe("The key is gone.");
    expect(problemText(problem({}))).toBe("The request is not valid.");
  });

  it("names what is too much, in the order of the form and by the names that the screen knows", () => {
    const exceeding = {
      permissions: ["a:read"],
      subaccounts: ["sub_1", "*"],
      ips: ["192.0.2.1"],
      expires_at: null,
      region_id: "reg_1",
    };
    const beyond = problem({ code: "exceeds_own_access", detail: "This key can do more than you.", exceeding });
    expect(noFields(beyond)).toEqual({
      title: "This key can do more than you.",
      details: [
        "Region: reg_1.",
        "Expiration: never.",
        "IP restrictions: 192.0.2.1.",
        "Subaccount access: sub_1, all of them.",
        "Permissions: a:read.",
      ],
    });
    const names = { subaccount: () => "North", region: () => "Europe" };
    expect(problemText(beyond, names)).toContain("Region: Europe. Expiration: never.");
    expect(problemText(beyond, names)).toContain("North, all of them.");
  });

  it("says of a member's limits that nothing of one is limited", () => {
    expect(problemText(problem({ detail: "Too much.", exceeding: { permissions: ["*"] } }))).toBe(
      "Too much. Permissions: no limit.",
    );
  });
});
