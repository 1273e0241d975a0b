import { describe, expect, test } from "vitest";
import { memberRefusal, powerRefusal } from "@/components/settings/members/member-rights";

const viewer = (role: "owner" | "admin") => ({ id: "usr_1", role, all_subaccounts: true });

describe("what the member's row offers", () => {
  test("an admin is told that owners are managed by owners; an owner manages everyone", () => {
    expect(memberRefusal(viewer("admin"), { role: "owner" })).toMatch(/owner/);
    expect(memberRefusal(viewer("admin"), { role: "admin" })).toBeNull();
    expect(memberRefusal(viewer("owner"), { role: "owner" })).toBeNull();
  });

  test("nobody is offered to change their own power, but their own name", () => {
    const own = { id: "usr_1", role: "owner" as const };
    expect(powerRefusal(viewer("owner"), own)).toMatch(/own role/);
    expect(memberRefusal(viewer("owner"), own)).toBeNull();
    expect(powerRefusal(viewer("owner"), { ...own, id: "usr_2" })).toBeNull();
  });
});
