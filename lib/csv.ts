// What spreadsheets take for the start of a formula, also after white space and in full width, and the two characters
// that begin one after an import that splits cells.
const FORMULA = /^\s*[=+\-@＝＋－＠\t\r\n]/;

/**
 * One record of a CSV file (RFC 4180), with its line end. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which spreadsheets hide; numbers are written as they are.
 */
export function csvRecord(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
