type ChangedItemsProps = {
  items: readonly string[];
  others: readonly string[];
  /** The classes of an item that the others do not have. */
  changed: string;
};

/** The items of one side of a change, in a row: those that the other side does not have stand out. */
export function ChangedItems({ items, others, changed }: ChangedItemsProps) {
  return (
    <span className="min-w-0 wrap-anywhere">
      {items.map((item, index) => (
        <span key={item}>
          <span className={others.includes(item) ? undefined : changed}>{item}</span>
          {index < items.length - 1 ? ", " : ""}
        </span>
      ))}
    </span>
  );
}
