import { type ShownChange, shownChanges } from "@/components/audit/change-words";
import { refusalWords } from "@/components/audit/refusal-words";

const SHOWN = 2;

type EventChangesProps = { outcome: "done" | "denied"; changes: Record<string, [unknown, unknown]> };

/** Before → after, field by field; a long list behind a switch. */
export function EventChanges({ outcome, changes }: EventChangesProps) {
  const shown = shownChanges(changes).map((change) => (outcome === "denied" ? refusalInWords(change) : change));
  if (shown.length === 0) return <span className="text-text-muted">None</span>;
  if (shown.length <= SHOWN) return <ChangeList changes={shown} />;
  return (
    <details>
      <summary className="w-fit rounded-sm text-text-muted hover:text-text">
        {shown.length} fields:{" "}
        {shown
          .slice(0, 3)
          .map(({ field }) => field.toLowerCase())
          .join(", ")}
        {shown.length > 3 ? " …" : ""}
      </summary>
      <ChangeList changes={shown} />
    </details>
  );
}

function ChangeList({ changes }: { changes: readonly ShownChange[] }) {
  return (
    <dl className="flex flex-col gap-0.5">
      {changes.map(({ field, before, after }) => (
        <div key={field} className="break-words">
          <dt className="inline text-text-muted">{field}: </dt>
          <dd className="inline">
            {before === null ? null : (
              <>
                <del className="text-text-muted decoration-border-strong">{before}</del>
                <span aria-hidden> → </span>
                <span className="sr-only"> became </span>
              </>
            )}
            {after ?? "removed"}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The code of a refusal as a sentence. */
function refusalInWords(change: ShownChange): ShownChange {
  if (change.field !== "Refused" || change.after === null) return change;
  return { ...change, field: "Why", after: refusalWords(change.after) };
}
