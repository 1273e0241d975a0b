"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { activePlace, type Place, sidebarPlaces, type Viewer } from "@/components/shell/places";
import { classNames } from "@/components/ui/class-names";

type SidebarNavProps = { viewer: Viewer; onNavigate?: () => void };

/** The places of the console; those below another one stand indented under it. */
export function SidebarNav({ viewer, onNavigate }: SidebarNavProps) {
  const active = activePlace(usePathname())?.href;
  return (
    <nav aria-label="Main">
      <ul className="flex flex-col gap-0.5">
        {sidebarPlaces(viewer).map((place) => (
          <li key={place.href}>
            <PlaceLink place={place} active={place.href === active} onNavigate={onNavigate} />
            {place.children && place.children.length > 0 ? (
              <ul aria-label={place.label} className="mt-0.5 flex flex-col gap-0.5 pl-3">
                {place.children.map((child) => (
                  <li key={child.href}>
                    <PlaceLink place={child} active={child.href === active} onNavigate={onNavigate} />
                  </li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ul>
    </nav>
  );
}

type PlaceLinkProps = { place: Place; active: boolean; onNavigate: (() => void) | undefined };

function PlaceLink({ place, active, onNavigate }: PlaceLinkProps) {
  return (
    <Link
      href={place.href}
      onClick={onNavigate}
      aria-current={active ? "page" : undefined}
      className={classNames(
        "flex min-h-8 items-center gap-2.5 rounded-md border border-transparent px-2.5 text-text-muted pointer-coarse:min-h-10",
        "hover:bg-surface-hover hover:text-text",
        "aria-[current]:border-border aria-[current]:bg-surface-raised aria-[current]:font-medium aria-[current]:text-text aria-[current]:shadow-raised",
        "forced-colors:border-[Canvas] forced-colors:aria-[current]:border-[Highlight]",
      )}
    >
      <place.icon aria-hidden className={active ? "text-accent-text" : undefined} />
      {place.label}
    </Link>
  );
}
