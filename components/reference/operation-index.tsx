import type { Route } from "next";
import Link from "next/link";
import { Method } from "@/components/reference/method";
import type { Section } from "@/components/reference/reference";

/** Every operation of a section, each a link to where it is described. */
export function OperationIndex({ section: { slug, title, operations } }: { section: Section }) {
  return (
    <section aria-labelledby={slug} className="rounded-lg border border-border bg-surface-raised">
      <h2 id={slug} className="px-4 pt-3.5 pb-2 font-semibold">
        <Link href={`/reference/${slug}` as Route} className="hover:underline">
          {title}
        </Link>
      </h2>
      <ul className="pb-2">
        {operations.map(({ id, method, path, summary }) => (
          <li key={id}>
            <Link
              href={`/reference/${slug}#${id}` as Route}
              className="grid gap-x-4 px-4 py-1.5 hover:bg-surface-hover sm:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]"
            >
              <span className="flex min-w-0 items-baseline">
                <Method name={method} />
                <code className="min-w-0 break-all font-mono text-sm">{path}</code>
              </span>
              <span className="min-w-0 text-sm text-text-muted max-sm:pl-15">{summary}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
