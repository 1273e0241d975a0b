/** Cuts what was typed or pasted into items: at white space, commas and semicolons; keeps their order. */
export function splitItems(text: string): string[] {
  return text.split(/[\s,;]+/).filter((item) => item !== "");
}

/** The list with `items` at its end; what is already there is not repeated. */
export function addItems(list: readonly string[], items: readonly string[]): string[] {
  return [...new Set([...list, ...items])];
}
