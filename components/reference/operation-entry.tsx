import type { ReactNode } from "react";
import { FieldList } from "@/components/reference/field-list";
import { Method } from "@/components/reference/method";
import { Prose } from "@/components/reference/prose";
import type { Operation } from "@/components/reference/reference";
import { CodeBlock } from "@/components/ui/code-block";

/** One operation: what it does, what it takes and answers, and a call of it beside. */
export function OperationEntry({ operation }: { operation: Operation }) {
  const { id, method, path, summary, description, parameters, body, answer, example } = operation;
  const hrefOf = (object: string) => `#${object}`;
  return (
    <section aria-labelledby={id} className="border-border border-t py-8 first:border-t-0 first:pt-0">
      <h2 id={id} className="scroll-mt-16 text-pretty font-semibold text-lg">
        {summary}
      </h2>
      <p className="mt-1.5 flex items-baseline">
        <Method name={method} />
        <code className="min-w-0 break-all font-mono text-sm">{path}</code>
      </p>
      <div className="mt-3 grid gap-x-8 gap-y-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,28rem)]">
        <div className="flex min-w-0 flex-col gap-4">
          <div className="flex flex-col gap-2 text-text-muted">
            <Prose text={description} />
          </div>
          {parameters.length > 0 ? (
            <Part title="Parameters">
              <FieldList label={`Parameters: ${summary}`} fields={parameters} marksRequired hrefOf={hrefOf} />
            </Part>
          ) : null}
          {body ? (
            <Part title={body.isRequired ? "Body" : "Body, which may be left out"}>
              <FieldList label={`Body: ${summary}`} fields={body.fields} marksRequired hrefOf={hrefOf} />
            </Part>
          ) : null}
          <Part title={`Answers ${answer.status}`}>
            <AnswerText operation={operation} hrefOf={hrefOf} />
          </Part>
        </div>
        <div className="min-w-0">
          {example ? (
            <div className="xl:sticky xl:top-16">
              <CodeBlock code={example} label="curl" />
            </div>
          ) : (
            <p className="text-pretty rounded-md border border-border bg-surface-sunken px-3 py-2.5 text-sm text-text-muted">
              For the console: needs a member's session. A key gets 403.
            </p>
          )}
        </div>
      </div>
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-medium text-sm">{title}</h3>
      {children}
    </section>
  );
}

function AnswerText({ operation, hrefOf }: { operation: Operation; hrefOf: (object: string) => string }) {
  const { object, fields } = operation.answer;
  if (object)
    return (
      <p className="text-sm text-text-muted">
        with{" "}
        <a href={hrefOf(object)} className="underline underline-offset-2 hover:text-text">
          {object}
        </a>
      </p>
    );
  if (fields.length === 0) return <p className="text-sm text-text-muted">without a body.</p>;
  return <FieldList label={`Answer: ${operation.summary}`} fields={fields} hrefOf={hrefOf} />;
}
