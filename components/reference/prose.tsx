/** Text in which `…` is code, as the OpenAPI document writes it; an empty line begins a paragraph. */
export function Prose({ text }: { text: string }) {
  return text.split("\n\n").map((paragraph) => (
    <p key={paragraph} className="max-w-prose text-pretty">
      <Words text={paragraph} />
    </p>
  ));
}

/** The same within a line. */
export function Words({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
      <code key={index} className="break-words font-mono text-[0.9em] text-text">
        {part}
      </code>
    ),
  );
}
