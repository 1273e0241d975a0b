import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  auditHref,
  auditQuery,
  endsBeforeItBegins,
  filterErrors,
  isFiltered,
  readAuditView,
} from "@/components/audit/audit-view";
import { auditQuerySchema } from "@/lib/audit/schema";

const NONE = { action: "", outcome: "", principal_id: "", api_key_id: "", from: "", to: "", cursor: null };

describe("the view of the audit log", () => {
  it("comes from the address and goes back to it", () => {
    const view = readAuditView({
      action: "api_key.*",
      outcome: "denied",
      principal_id: "usr_1",
      api_key_id: "key_1",
      from: "2026-11-01",
      to: "2026-11-20",
    });
    expect(readAuditView(Object.fromEntries(new URLSearchParams(auditHref(view, null).split("?")[1])))).toEqual(view);
    expect(auditHref(NONE, null)).toBe("/audit-log");
    expect(auditHref(NONE, "abc")).toBe("/audit-log?cursor=abc");
  });

  it("takes days of UTC, the last one included", () => {
    const view = { ...NONE, from: "2026-11-20", to: "2026-11-20" };
    expect(auditQuery(view)).toEqual({ from: "1795132800", to: "1795219200" });
    expect(isFiltered(view)).toBe(true);
  });

  it("has no query for a range that ends before it begins: no list, and no file to download", () => {
    const view = { ...NONE, from: "2026-11-21", to: "2026-11-20" };
    expect(auditQuery(view)).toBeNull();
    expect(isFiltered(view)).toBe(true);
  });

  it("says at the field what is wrong in it", () => {
    const right = { api_key_id: "key_0123456789abcdefghijklmn", from: "2026-11-20", to: "2026-11-20" };
    expect(filterErrors(right)).toEqual({});
    expect(filterErrors({ ...right, api_key_id: "lk_prod_x", to: "2026-11-19" })).toEqual({
      api_key_id: expect.stringMatching(/^A key's id is key_/),
      to: "This is before From.",
    });
  });

  it("ignores what is not of its form", () => {
    expect(
      readAuditView({
        action: "%",
        outcome: "x",
        principal_id: "Ada",
        api_key_id: "a b",
        from: "yesterday",
        to: "2026-13-40",
        cursor: ["a", "b"],
      }),
    ).toEqual(NONE);
    expect(isFiltered(NONE)).toBe(false);
  });

  it.each(["1960-01-01", "1969-12-31", "9999-12-31", "2026-02-30", "2026-00-10", "0000-01-01"])(
    "ignores the day %s, which the API or the calendar does not have",
    (day) => {
      expect(readAuditView({ from: day, to: day })).toEqual(NONE);
    },
  );

  it("ignores what cannot be an id to the API", () => {
    expect(readAuditView({ api_key_id: "foo" })).toEqual(NONE);
  });

  const written = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "key_1",
      "usr_1",
      "anonymous",
      "denied",
      "foo",
      "api_key.*",
      "api_key.created",
      "abc",
      "1970-01-01",
      "5138-11-16",
      "5138-11-15",
    ),
    fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    fc.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/),
  );
  const address = fc.dictionary(
    fc.constantFrom(...Object.keys(NONE)),
    fc.oneof(written, fc.array(written, { maxLength: 2 })),
  );

  it("makes of whatever an address holds a query that the API accepts", () => {
    fc.assert(
      fc.property(address, (params) => {
        const view = readAuditView(params);
        const query = { ...auditQuery(view), ...(view.cursor === null ? {} : { cursor: view.cursor }) };
        expect(auditQuerySchema.safeParse(query).error).toBeUndefined();
        expect(endsBeforeItBegins(view) ? auditQuery(view) : null).toBeNull();
      }),
    );
  });
});
