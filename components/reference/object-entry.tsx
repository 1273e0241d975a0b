import { FieldList } from "@/components/reference/field-list";
import type { Described } from "@/components/reference/reference";

/** An object that is answered, by the name that answers are told with. */
export function ObjectEntry({ object: { name, extending, fields } }: { object: Described }) {
  return (
    <section aria-labelledby={name} className="max-w-3xl py-4">
      <h3 id={name} className="scroll-mt-16 font-mono font-semibold">
        {name}
      </h3>
      {extending ? (
        <p className="mt-1 text-sm text-text-muted">
          All of{" "}
          <a href={`#${extending}`} className="underline underline-offset-2 hover:text-text">
            {extending}
          </a>
          , and:
        </p>
      ) : null}
      <div className="mt-2">
        <FieldList label={name} fields={fields} hrefOf={(object) => `#${object}`} />
      </div>
    </section>
  );
}
