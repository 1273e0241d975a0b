"use client";

import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { KeyToReview } from "@/lib/members/view";

type ReviewTableProps = {
  rows: readonly KeyToReview[];
  regionNames: Readonly<Record<string, string>>;
  busy: boolean;
  /** The id of the key that is being disabled. */
  pending: string | null;
  onDisable: (row: KeyToReview) => void;
};

/** The keys to review, each with why it is one. */
export function ReviewTable({ rows, regionNames, busy, pending, onDisable }: ReviewTableProps) {
  return (
    <Table label="Keys to review" busy={busy}>
      <TableHead>
        <tr>
          <TableHeader>Key</TableHeader>
          <TableHeader className="max-md:hidden">Created by</TableHeader>
          <TableHeader className="max-md:hidden">Why it is here</TableHeader>
          <TableHeader className="max-lg:hidden">Region</TableHeader>
          <TableHeader className="max-md:hidden">Last used</TableHeader>
          <TableHeader align="end">
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <ReviewRow
            key={row.api_key.id}
            row={row}
            region={regionNames[row.api_key.region_id]}
            isPending={pending === row.api_key.id}
            onDisable={() => onDisable(row)}
          />
        ))}
      </TableBody>
    </Table>
  );
}

type ReviewRowProps = { row: KeyToReview; region: string | undefined; isPending: boolean; onDisable: () => void };

function ReviewRow({ row: { api_key: key, reason }, region, isPending, onDisable }: ReviewRowProps) {
  return (
    <TableRow>
      <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-72">
        <span className="block truncate font-medium">{key.name}</span>
        <span className="block truncate font-mono text-text-muted text-xs">{key.token_preview}</span>
        <span className="block whitespace-normal text-text-muted md:hidden">
          {key.created_by.name}: {REASONS[reason]}
        </span>
      </TableCell>
      <TableCell className="max-w-48 truncate max-md:hidden">{key.created_by.name}</TableCell>
      <TableCell className="min-w-44 max-w-64 whitespace-normal text-text-muted max-md:hidden">
        {REASONS[reason]}
      </TableCell>
      <TableCell className="text-text-muted max-lg:hidden">{region ?? key.region_id}</TableCell>
      <TableCell className="text-text-muted max-md:hidden">
        {key.last_used_at === null ? "Never" : <Time value={key.last_used_at} />}
      </TableCell>
      <TableCell align="end">
        <Button size="sm" loading={isPending} onClick={onDisable} aria-label={`Disable ${key.name}`}>
          Disable
        </Button>
      </TableCell>
    </TableRow>
  );
}

const REASONS: Record<KeyToReview["reason"], string> = {
  creator_removed: "Its creator is no longer a member.",
  creator_deactivated: "Its creator is deactivated.",
  creator_demoted: "Its creator may not create such a key any more.",
};
