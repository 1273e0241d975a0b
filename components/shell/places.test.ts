import { KeyRound } from "lucide-react";
import { describe, expect, it } from "vitest";
import { activePlace, menuPlaces, type Place, sidebarPlaces, type Viewer } from "@/components/shell/places";

const icon = KeyRound;
const places: Place[] = [
  { href: "/usage", label: "Usage", icon, menuPosition: 2 },
  {
    href: "/settings",
    label: "Settings",
    icon,
    menuPosition: 4,
    children: [
      { href: "/api-keys", label: "API Keys", icon, menuPosition: 1, needsBootstrap: true },
      { href: "/settings/members", label: "Members", icon },
    ],
  },
];
const owner: Viewer = { role: "owner", bootstrapped: true };
const names = (list: readonly Place[]): string[] =>
  list.flatMap((place) => [place.label, ...names(place.children ?? [])]);

describe("the navigation", () => {
  it("has no API Keys in either menu until the organization is set up", () => {
    const before = { ...owner, bootstrapped: false };
    expect(names(sidebarPlaces(before, places))).not.toContain("API Keys");
    expect(names(menuPlaces(before, places))).not.toContain("API Keys");
    expect(names(sidebarPlaces(owner, places))).toContain("API Keys");
    expect(menuPlaces(owner, places).map((place) => place.label)).toEqual(["API Keys", "Usage", "Settings"]);
  });

  it("marks the innermost place of a path, and nothing for a path that only begins alike", () => {
    expect(activePlace("/settings/members/usr_1", places)?.label).toBe("Members");
    expect(activePlace("/settings", places)?.label).toBe("Settings");
    expect(activePlace("/api-keys/key_1", places)?.label).toBe("API Keys");
    expect(activePlace("/usage-report", places)).toBeUndefined();
  });
});
