"use client";

import { Pencil, Star, Trash2 } from "lucide-react";
import type { Versioned } from "@/components/settings/versioned";
import { Badge } from "@/components/ui/badge";
import { type RowAction, RowMenu } from "@/components/ui/row-menu";
import { Switch } from "@/components/ui/switch";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Region } from "@/lib/regions/schema";

/** A region, and how many keys it has: active ones, and records of every status. */
export type ListedRegion = Versioned<Region> & { active: number; records: number };

export type RegionVerb = "edit" | "make_default" | "delete";

type RegionTableProps = {
  regions: readonly ListedRegion[];
  /** How many regions the organization has, on all pages. */
  total: number;
  refusal: string | null;
  busy: boolean;
  onAct: (verb: RegionVerb, region: ListedRegion) => void;
  onKeepOne: (region: ListedRegion, on: boolean) => void;
};

export function RegionTable({ regions, total, refusal, busy, onAct, onKeepOne }: RegionTableProps) {
  return (
    <Table label="Regions" busy={busy}>
      <TableHead>
        <tr>
          <TableHeader>Region</TableHeader>
          <TableHeader align="end" className="max-md:hidden">
            Active keys
          </TableHeader>
          <TableHeader className="max-md:hidden">Always keep one active key</TableHeader>
          <TableHeader className="max-lg:hidden">Created</TableHeader>
          <TableHeader align="end">
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {regions.map((region) => (
          <TableRow key={region.id}>
            <TableCell className="max-md:w-full max-md:max-w-0 md:max-w-96">
              <span className="flex flex-wrap items-center gap-2">
                <span className="truncate font-medium">{region.name}</span>
                {region.is_default ? (
                  <Badge tone="accent" icon={null}>
                    Default
                  </Badge>
                ) : null}
              </span>
              {region.description ? (
                <span className="block truncate text-text-muted" title={region.description}>
                  {region.description}
                </span>
              ) : null}
              <span className="block text-text-muted md:hidden">
                {region.active === 1 ? "1 active key" : `${region.active.toLocaleString("en")} active keys`}
                {region.always_keep_one_active_key ? ", always keeps one" : ""}
              </span>
            </TableCell>
            <TableCell align="end" className="tabular-nums max-md:hidden">
              {region.active.toLocaleString("en")}
              {region.records > region.active ? (
                <span className="block text-text-muted text-xs">of {region.records.toLocaleString("en")} records</span>
              ) : null}
            </TableCell>
            <TableCell className="max-md:hidden">
              <Switch
                checked={region.always_keep_one_active_key}
                refusal={refusal}
                onCheckedChange={(on) => onKeepOne(region, on)}
                aria-label={`Always keep one active key in ${region.name}`}
              />
            </TableCell>
            <TableCell className="text-text-muted max-lg:hidden">
              <Time value={region.created_at} format="date" />
            </TableCell>
            <TableCell align="end">
              <RowMenu of={region.name} refusal={refusal} actions={actionsOf(region, total, onAct)} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function actionsOf(region: ListedRegion, total: number, onAct: RegionTableProps["onAct"]): RowAction[] {
  return [
    { label: "Edit", icon: <Pencil />, onSelect: () => onAct("edit", region) },
    {
      label: "Make default",
      icon: <Star />,
      refusal: region.is_default ? "It is the default already." : null,
      onSelect: () => onAct("make_default", region),
    },
    {
      label: "Delete",
      icon: <Trash2 />,
      tone: "danger",
      refusal: deleteRefusal(region, total),
      onSelect: () => onAct("delete", region),
    },
  ];
}

function deleteRefusal({ records }: ListedRegion, total: number): string | null {
  if (total === 1) return "The only region: every key needs one.";
  if (records === 0) return null;
  return "Keys are in it. Revoke them and delete them permanently first.";
}
