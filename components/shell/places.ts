import { BookOpen, ChartColumn, type LucideIcon, ScrollText, Settings } from "lucide-react";
import type { Route } from "next";
import { SETTINGS_SECTIONS } from "@/components/settings/sections";
import type { Role } from "@/lib/principal";

/** A place of the console that the navigation leads to. Only what exists is listed. */
export type Place = {
  href: Route;
  label: string;
  icon: LucideIcon;
  /** Its position in the profile menu; absent = only in the sidebar. */
  menuPosition?: number;
  /** Left out until the organization has its signing key. */
  needsBootstrap?: true;
  /** Places that the sidebar shows under this one. */
  children?: readonly Place[];
};

export const PLACES: readonly Place[] = [
  { href: "/usage", label: "Usage", icon: ChartColumn, menuPosition: 2 },
  { href: "/audit-log", label: "Audit log", icon: ScrollText, menuPosition: 3 },
  {
    href: "/settings",
    label: "Settings",
    icon: Settings,
    menuPosition: 4,
    children: SETTINGS_SECTIONS,
  },
  { href: "/reference", label: "API reference", icon: BookOpen },
];

export type Viewer = { role: Role; bootstrapped: boolean };

/** The sidebar: the places that exist for this viewer, as a tree. */
export function sidebarPlaces(viewer: Viewer, places: readonly Place[] = PLACES): Place[] {
  return places
    .filter(({ needsBootstrap }) => !needsBootstrap || viewer.bootstrapped)
    .map((place) => (place.children ? { ...place, children: sidebarPlaces(viewer, place.children) } : place));
}

/** The profile menu: those of them that have a position in it, in that order. */
export function menuPlaces(viewer: Viewer, places: readonly Place[] = PLACES): Place[] {
  return allPlaces(viewer, places)
    .filter((place) => place.menuPosition !== undefined)
    .sort((a, b) => (a.menuPosition ?? 0) - (b.menuPosition ?? 0));
}

/** Every place that exists for this viewer, in the sidebar's order. */
export function allPlaces(viewer: Viewer, places: readonly Place[] = PLACES): Place[] {
  return flatten(sidebarPlaces(viewer, places));
}

/** The place that the path is in: the one with the longest address that the path starts with. */
export function activePlace(path: string, places: readonly Place[] = PLACES): Place | undefined {
  return flatten(places)
    .filter((place) => path === place.href || path.startsWith(`${place.href}/`))
    .sort((a, b) => b.href.length - a.href.length)[0];
}

function flatten(places: readonly Place[]): Place[] {
  return places.flatMap((place) => [place, ...flatten(place.children ?? [])]);
}
