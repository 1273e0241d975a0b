import Link from "next/link";
import type { SettingsSection } from "@/components/settings/sections";

/** The index: a card to each section. The whole card is the link. */
export function SectionCards({ sections }: { sections: readonly SettingsSection[] }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {sections.map((section) => (
        <li key={section.href}>
          <Link
            href={section.href}
            className="flex h-full items-start gap-3 rounded-lg border border-border bg-surface-raised px-4 py-3.5 shadow-raised hover:bg-surface-hover"
          >
            <span
              aria-hidden
              className="grid size-9 shrink-0 place-items-center rounded-md border border-border bg-surface-sunken text-text-muted"
            >
              <section.icon />
            </span>
            <span className="min-w-0">
              <span className="block font-medium">{section.label}</span>
              <span className="mt-0.5 block text-pretty text-sm text-text-muted">{section.description}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
