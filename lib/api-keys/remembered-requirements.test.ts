import { expect, test } from "vitest";
import { z } from "zod";
import { rememberingRequirements } from "@/lib/api-keys/remembered-requirements";
import { verifySchema } from "@/lib/api-keys/verification-schema";

const schema = z.object({ body: verifySchema });

/** What came of reading: the value without what is undefined, or the errors. */
function outcome(read: (raw: unknown) => unknown, raw: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(read(raw)));
  } catch (error) {
    return (error as z.ZodError).issues;
  }
}

const asked = { permissions: ["serp_api:read"], action: "read", resource: "PLACE/Site/42", region_id: "reg_1" };
const BODIES: unknown[] = [
  { token: "a" },
  { token: "b", ...asked },
  { token: "b", ...asked, ip: "203.0.113.9" },
  { token: "b", ...asked, ip: "::ffff:203.0.113.9" },
  { token: "b", ...asked, ip: "203.0.113.999" },
  { token: "b", ...asked, ip: 4 },
  { token: "b", ...asked, ip: null },
  { token: 4, ...asked },
  { ...asked },
  { token: "b", ...asked, action: undefined },
  { token: "b", ...asked, resource: "a//b" },
  { token: "b", ...asked, permissions: ["x".repeat(3_000)] },
  { token: "b", ...asked, unknown: 1 },
  { token: "b", permissions: "serp_api:read" },
  JSON.parse('{"token":"b","__proto__":{"permissions":[]}}'),
  { token: "b", permissions: [["serp_api:read"]] },
  { token: "b", action: JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`) },
  {},
  [],
  null,
  undefined,
  "text",
];

test("reads every body as the schema does, the first time and again", () => {
  const read = rememberingRequirements((raw) => schema.parse(raw));
  for (const body of [...BODIES, ...BODIES]) {
    expect(outcome(read, { body })).toEqual(outcome((raw) => schema.parse(raw), { body }));
  }
});

test("the same requirements are judged once, whatever the token and the address", () => {
  let judged = 0;
  const read = rememberingRequirements((raw) => {
    judged++;
    return schema.parse(raw);
  });
  expect(read({ body: { token: "a", ...asked, ip: "203.0.113.1" } }).body).toMatchObject({ token: "a" });
  const again = read({ body: { token: "b", ...asked, ip: "203.0.113.2" } });
  expect(again.body).toEqual({ token: "b", ...asked, ip: "203.0.113.2", subaccount: undefined });
  expect(judged).toBe(1);
  read({ body: { token: "b", ...asked, action: "write" } });
  expect(judged).toBe(2);
});
