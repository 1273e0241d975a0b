import { describe, expect, it } from "vitest";
import { auditHref, auditQuery, isFiltered, readAuditView } from "@/components/audit/audit-view";

const NONE = { action: "", api_key_id: "", from: "", to: "", cursor: null };

describe("the view of the audit log", () => {
  it("comes from the address and goes back to it", () => {
    const view = readAuditView({ action: "api_key.*", api_key_id: "key_1", from: "2026-11-01", to: "2026-11-20" });
    expect(readAuditView(Object.fromEntries(new URLSearchParams(auditHref(view, null).split("?")[1])))).toEqual(view);
    expect(auditHref(NONE, null)).toBe("/audit-log");
    expect(auditHref(NONE, "abc")).toBe("/audit-log?cursor=abc");
  });

  it("takes days of UTC, the last one included", () => {
    const view = { ...NONE, from: "2026-11-20", to: "2026-11-20" };
    expect(auditQuery(view)).toEqual({ from: "1795132800", to: "1795219200" });
    expect(isFiltered(view)).toBe(true);
  });

  it("ignores what is not of its form", () => {
    expect(
      readAuditView({ action: "%", api_key_id: "a b", from: "yesterday", to: "2026-13-40", cursor: ["a", "b"] }),
    ).toEqual(NONE);
    expect(isFiltered(NONE)).toBe(false);
  });
});
