import type { Route } from "next";
import Link from "next/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { number } from "@/components/usage/usage-words";

type TopKey = { api_key_id: string; name: string | null; allowed: number; denied: number };

/** The busiest keys of the range. */
export function TopKeys({ keys }: { keys: readonly TopKey[] }) {
  if (keys.length === 0) return <p className="text-text-muted">No key was used in this range.</p>;
  return (
    <Table label="Keys with the most requests">
      <TableHead>
        <tr>
          <TableHeader>Key</TableHeader>
          <TableHeader align="end">Allowed</TableHeader>
          <TableHeader align="end">Denied</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {keys.map((key) => (
          <TableRow key={key.api_key_id}>
            <TableCell className="max-w-48 truncate">
              {key.name === null ? (
                <span className="text-text-muted">Deleted key {key.api_key_id}</span>
              ) : (
                <KeyLink id={key.api_key_id} name={key.name} />
              )}
            </TableCell>
            <TableCell align="end">{number(key.allowed)}</TableCell>
            <TableCell align="end">{number(key.denied)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** To everything about a key. */
export function KeyLink({ id, name }: { id: string; name: string }) {
  return (
    <Link
      href={`/api-keys/${id}` as Route}
      title={name}
      className="font-medium underline decoration-border-strong underline-offset-4 hover:decoration-text"
    >
      {name}
    </Link>
  );
}
