import type { Route } from "next";
import Link from "next/link";
import type { Section } from "@/components/reference/reference";

/** The sections of the reference, beside each other. */
export function SectionNav({ sections, current }: { sections: readonly Section[]; current: string }) {
  return (
    <nav aria-label="Sections of the reference" className="mb-4">
      <ul className="flex flex-wrap gap-1.5">
        {sections.map(({ slug, title }) => (
          <li key={slug}>
            <Link
              href={`/reference/${slug}` as Route}
              aria-current={slug === current ? "page" : undefined}
              className="inline-flex h-8 items-center rounded-md border border-border bg-surface-raised px-2.5 text-sm text-text-muted hover:bg-surface-hover hover:text-text aria-[current]:border-accent-border aria-[current]:bg-accent-subtle aria-[current]:font-medium aria-[current]:text-accent-text pointer-coarse:h-10"
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
