"use client";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { SigningKeyVersion } from "@/lib/organizations/schema";

type VersionsTableProps = {
  versions: readonly SigningKeyVersion[];
  busy: boolean;
  /** Null for who may not retire one. */
  onRetire: ((version: SigningKeyVersion) => void) | null;
};

/** The versions of the signing key, and how many tokens are under each. */
export function VersionsTable({ versions, busy, onRetire }: VersionsTableProps) {
  return (
    <Table label="Versions of the signing key" busy={busy}>
      <TableHead>
        <tr>
          <TableHeader>Version</TableHeader>
          <TableHeader className="max-sm:hidden">Made</TableHeader>
          <TableHeader align="end">Tokens under it</TableHeader>
          {onRetire ? <TableHeader align="end">Actions</TableHeader> : null}
        </tr>
      </TableHead>
      <TableBody>
        {versions.map((key) => (
          <TableRow key={key.version}>
            <TableCell>
              <span className="flex flex-wrap items-center gap-2">
                <span className="tabular-nums">{key.version}</span>
                {key.is_current ? <Badge tone="success">Current</Badge> : null}
                {key.retired_at === null ? null : <Badge>Retired</Badge>}
              </span>
            </TableCell>
            <TableCell className="text-text-muted max-sm:hidden">
              <Time value={key.created_at} format="date" />
            </TableCell>
            <TableCell align="end" className="tabular-nums">
              {key.retired_at === null || key.tokens === 0
                ? key.tokens.toLocaleString("en")
                : `${key.tokens.toLocaleString("en")} ended`}
            </TableCell>
            {onRetire ? (
              <TableCell align="end">
                {key.is_current || key.retired_at !== null ? null : (
                  <Button size="sm" onClick={() => onRetire(key)}>
                    <span>
                      Retire<span className="sr-only"> version {key.version}</span>…
                    </span>
                  </Button>
                )}
              </TableCell>
            ) : null}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
