/**
 * A backup is a gzipped SQL script: comments with what it is, then the rows of every table as COPY … FROM stdin, as
 * pg_dump writes them, each table after those that it refers to. The schema is not in it, but the names of the
 * migrations that make it: rows are restored at the schema that they were written at, and migrated from there.
 */
export type BackupHeader = {
  format: 1;
  /** ISO 8601; everything that was committed before is in the backup, and nothing after. */
  taken_at: string;
  server: string;
  migrations: { name: string; checksum: string }[];
};

const TITLE = "-- Latchkey backup";

export const writeHeader = (header: BackupHeader): string => `${TITLE} ${JSON.stringify(header)}\n`;

/** @throws Error when the line is not the first one of a backup of this format. */
export function readHeader(line: string): BackupHeader {
  if (!line.startsWith(`${TITLE} {`)) throw new Error("This is not a backup that `npm run backup` wrote.");
  const header: BackupHeader = JSON.parse(line.slice(TITLE.length));
  if (header.format !== 1) throw new Error("A newer Latchkey made this backup. Restore it with that version.");
  return header;
}

/** A table and its columns as SQL names them, and how many rows it had. */
export type TableRows = { table: string; columns: string };

export const copyIn = ({ table, columns }: TableRows): string => `COPY ${table} (${columns}) FROM stdin`;
export const copyOut = ({ table, columns }: TableRows): string => `COPY ${table} (${columns}) TO stdout`;

export function readCopy(line: string): TableRows | null {
  const [, table, columns] = /^COPY (public\."\w+") \((.+)\) FROM stdin;$/.exec(line) ?? [];
  return table && columns ? { table, columns } : null;
}

/** Ends the rows of a table. No row can be this: a backslash in a value is doubled. */
export const END_OF_ROWS = "\\.\n";
export const END_OF_BACKUP = "-- End of the backup";
