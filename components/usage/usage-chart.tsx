"use client";

import { BarChart, BarLegend } from "@/components/ui/bar-chart";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { ChartTabs } from "@/components/usage/chart-tabs";
import { seriesOf } from "@/components/usage/reasons";
import { chartText, number, pointTime, pointTitle, ticksOf } from "@/components/usage/usage-words";
import type { Interval } from "@/lib/usage/retention";
import type { Usage } from "@/lib/usage/schema";

type UsageChartProps = { usage: Usage; interval: Interval };

/** Requests over time, allowed and denied by reason: as bars, and as a table of the intervals with requests. */
export function UsageChart({ usage, interval }: UsageChartProps) {
  return <ChartTabs chart={<Bars {...{ usage, interval }} />} table={<Numbers {...{ usage, interval }} />} />;
}

function Bars({ usage, interval }: UsageChartProps) {
  const series = seriesOf(usage);
  const label = chartText(usage, interval);
  return (
    <div className="flex flex-col gap-4">
      <BarLegend series={series} />
      <BarChart
        label={label}
        series={series}
        titles={usage.data.map((point) => pointTitle(point, interval))}
        ticks={ticksOf(usage.data, interval)}
      />
      <p className="text-sm text-text-muted">
        {label} One bar is one {interval}; times are UTC.
      </p>
    </div>
  );
}

function Numbers({ usage, interval }: UsageChartProps) {
  const series = seriesOf(usage);
  const rows = usage.data
    .map((point, index) => ({ at: point.at, counts: series.map(({ values }) => values[index] ?? 0) }))
    .filter(({ counts }) => counts.some((count) => count > 0))
    .reverse();
  if (rows.length === 0) return <p className="text-text-muted">No requests in this range.</p>;
  return (
    <div className="grid max-h-80 overflow-hidden">
      <Table label={`Requests per ${interval}`}>
        <TableHead>
          <tr>
            <TableHeader>Beginning at</TableHeader>
            {series.map(({ name }) => (
              <TableHeader key={name} align="end">
                {name}
              </TableHeader>
            ))}
          </tr>
        </TableHead>
        <TableBody>
          {rows.map(({ at, counts }) => (
            <TableRow key={at}>
              <TableCell>{pointTime(at, interval)}</TableCell>
              {series.map(({ name }, index) => (
                <TableCell key={name} align="end">
                  {number(counts[index] ?? 0)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
