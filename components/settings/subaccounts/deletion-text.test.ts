import { describe, expect, it } from "vitest";
import { deletionText } from "@/components/settings/subaccounts/subaccounts-panel";

describe("deleting a subaccount", () => {
  it("says how many keys and members it is taken out of", () => {
    expect(deletionText({ keys: 0, members: 0 })).toBe("No key and no member names it. This cannot be undone.");
    expect(deletionText({ keys: 3, members: 1 })).toMatch(/^It is taken out of 3 keys and 1 member\. A key whose list/);
    expect(deletionText({ keys: 0, members: 2 })).toBe("It is taken out of 2 members. This cannot be undone.");
  });
});
