"use client";

import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { KeyLink } from "@/components/usage/top-keys";
import type { KeyToReview } from "@/lib/members/view";

type ReviewTableProps = {
  rows: readonly KeyToReview[];
  regionNames: Readonly<Record<string, string>>;
  busy: boolean;
  /** The key that is being disabled or kept. */
  pending: { id: string; decision: Decision } | null;
  onDecide: (row: KeyToReview, decision: Decision) => void;
};

export type Decision = "disable" | "keep";

/** The keys to review, each with why it is one. */
export function ReviewTable({ rows, regionNames, busy, pending, onDecide }: ReviewTableProps) {
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
            pending={pending?.id === row.api_key.id ? pending.decision : null}
            onDecide={(decision) => onDecide(row, decision)}
          />
        ))}
      </TableBody>
    </Table>
  );
}

type ReviewRowProps = {
  row: KeyToReview;
  region: string | undefined;
  pending: Decision | null;
  onDecide: (decision: Decision) => void;
};

function ReviewRow({ row: { api_key: key, reason }, region, pending, onDecide }: ReviewRowProps) {
  return (
    <TableRow>
      <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-72">
        <span className="block truncate">
          <KeyLink id={key.id} name={key.name} />
        </span>
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
        <span className="inline-flex gap-2 max-md:flex-col">
          <Button
            size="sm"
            loading={pending === "keep"}
            onClick={() => onDecide("keep")}
            aria-label={`Keep ${key.name}`}
          >
            Keep
          </Button>
          <Button
            size="sm"
            loading={pending === "disable"}
            onClick={() => onDecide("disable")}
            aria-label={`Disable ${key.name}`}
          >
            Disable
          </Button>
        </span>
      </TableCell>
    </TableRow>
  );
}

const REASONS: Record<KeyToReview["reason"], string> = {
  creator_removed: "Its creator is no longer a member.",
  creator_deactivated: "Its creator is deactivated.",
  creator_demoted: "Its creator may not create such a key any more.",
};
