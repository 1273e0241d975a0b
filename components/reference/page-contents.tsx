import { Method } from "@/components/reference/method";
import type { Section } from "@/components/reference/reference";

/** What a page of the reference describes, each a link to its place on it. */
export function PageContents({ section: { operations, objects } }: { section: Section }) {
  return (
    <nav aria-labelledby="contents" className="mb-8 rounded-lg border border-border bg-surface-raised px-4 py-3">
      <h2 id="contents" className="font-medium text-sm">
        On this page
      </h2>
      <ul className="mt-1.5 gap-x-8 md:columns-2">
        {operations.map(({ id, method, summary }) => (
          <li key={id} className="break-inside-avoid">
            <a href={`#${id}`} className="flex min-h-7 items-baseline py-0.5 text-sm hover:underline">
              <Method name={method} />
              <span className="min-w-0 text-pretty">{summary}</span>
            </a>
          </li>
        ))}
        {objects.length === 0 ? null : (
          <li className="break-inside-avoid">
            <a href="#objects" className="flex min-h-7 items-baseline py-0.5 text-sm hover:underline">
              <Method name="" />
              What is answered
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}
