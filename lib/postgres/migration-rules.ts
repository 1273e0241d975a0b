/** What the version before may still rely on while this one is rolled out, and how it is said. */
const RULES: { breaks: (statement: string) => boolean; why: string }[] = [
  {
    breaks: (sql) => /\bDROP (?:TABLE|COLUMN|TYPE|VIEW|FUNCTION|SCHEMA)\b/.test(sql),
    why: "drops what the version before uses",
  },
  {
    breaks: (sql) => /\bALTER TABLE\b.*\bDROP (?!CONSTRAINT|NOT|EXPRESSION|IDENTITY)\b/.test(sql),
    why: "drops a column or a default that the version before uses",
  },
  { breaks: (sql) => /\bRENAME\b/.test(sql), why: "takes away the name that the version before uses" },
  {
    breaks: (sql) => /\bALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b/.test(sql),
    why: "changes a type that the version before reads and writes",
  },
  { breaks: (sql) => /\bSET NOT NULL\b/.test(sql), why: "refuses rows that the version before may write" },
  { breaks: addsRequiredColumn, why: "adds a column that the version before does not fill in; give it a default" },
];

const MARK = /^\s*-- contract: \S/m;

/**
 * What in a migration would break an instance of the version before, which goes on serving while the new one starts.
 * A statement with a line `-- contract: <reason>` before it has been thought about: nothing uses it since a version.
 */
export function incompatibilities(sql: string): string[] {
  return statementsOf(sql).flatMap(({ text, isMarked }) => {
    const rule = isMarked ? undefined : RULES.find(({ breaks }) => breaks(text));
    return rule ? [`${text.slice(0, 120)}: ${rule.why}`] : [];
  });
}

function addsRequiredColumn(sql: string): boolean {
  if (!/^ALTER TABLE\b/.test(sql)) return false;
  return sql
    .split(/\bADD (?:COLUMN )?(?!CONSTRAINT\b)/)
    .slice(1)
    .some((column) => /\bNOT NULL\b/.test(column) && !/\b(?:DEFAULT|GENERATED)\b/.test(column));
}

type Statement = { text: string; isMarked: boolean };

/** In upper case and on one line each, without the text of functions and literals, which decides nothing here. */
function statementsOf(sql: string): Statement[] {
  return sql
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/--[^\n]*|'(?:[^']|'')*'/g, (found) => (found.startsWith("--") ? found.replaceAll(";", ",") : "''"))
    .split(";")
    .map((part) => ({
      isMarked: MARK.test(part),
      text: part
        .replace(/--[^\n]*/g, " ")
        .replace(/\s+/g, " ")
        .trim()
        .toUpperCase(),
    }))
    .filter(({ text }) => text !== "");
}
