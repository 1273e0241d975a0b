import { Words } from "@/components/reference/prose";
import type { Field } from "@/components/reference/reference";

type FieldListProps = {
  /** Names the list for who hears it. */
  label: string;
  fields: readonly (Field & { place?: string })[];
  /** Says which are required; of what is answered, all that is there is. */
  marksRequired?: boolean;
  /** The address of a described object. */
  hrefOf: (object: string) => string;
};

/** Values by name, with what each may be and what it means. */
export function FieldList({ label, fields, marksRequired = false, hrefOf }: FieldListProps) {
  return (
    <dl aria-label={label} className="divide-y divide-border border-border border-y">
      {fields.map((field) => (
        <div key={`${field.place ?? ""} ${field.name}`} className="py-2.5">
          <dt className="flex flex-wrap items-baseline gap-x-2.5 gap-y-0.5">
            <code className="min-w-0 break-all font-medium font-mono text-sm">{field.name}</code>
            <span className="min-w-0 text-sm text-text-muted">
              <Type field={field} hrefOf={hrefOf} />
              {field.place && field.place !== "query" ? `, in the ${field.place}` : null}
            </span>
            {marksRequired && field.isRequired ? (
              <span className="font-medium text-sm text-warning-text">required</span>
            ) : null}
          </dt>
          <dd className="max-w-prose text-pretty text-sm text-text-muted">
            <Words text={field.description} />
            {field.fallback === null ? null : (
              <>
                {field.description ? " " : null}
                Default: <code className="font-mono text-[0.9em] text-text">{field.fallback}</code>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The type, with a named object in it as a link to where it is described. */
function Type({ field: { type, object }, hrefOf }: { field: Field; hrefOf: FieldListProps["hrefOf"] }) {
  if (object === null) return type;
  const at = type.indexOf(object);
  return (
    <>
      {type.slice(0, at)}
      <a href={hrefOf(object)} className="underline underline-offset-2 hover:text-text">
        {object}
      </a>
      {type.slice(at + object.length)}
    </>
  );
}
