"use client";

import { BarChart, BarLegend } from "@/components/ui/bar-chart";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { ChartTabs } from "@/components/usage/chart-tabs";
import { outcomeSeries, reasonSeries } from "@/components/usage/reasons";
import { chartText, deniedText, number, pointTime, pointTitle, ticksOf } from "@/components/usage/usage-words";
import type { Interval } from "@/lib/usage/retention";
import type { Usage } from "@/lib/usage/schema";

type UsageChartProps = { usage: Usage; interval: Interval };

/** Requests over time, allowed and denied by reason: as bars, and as a table of the intervals with requests. */
export function UsageChart({ usage, interval }: UsageChartProps) {
  return <ChartTabs chart={<Bars {...{ usage, interval }} />} table={<Numbers {...{ usage, interval }} />} />;
}

function Bars({ usage, interval }: UsageChartProps) {
  const outcomes = outcomeSeries(usage);
  const reasons = reasonSeries(usage);
  const label = chartText(usage, interval);
  const points = usage.data.map((point) => ({
    time: pointTime(point.at, interval),
    words: pointTitle(point, interval),
  }));
  const ticks = ticksOf(usage.data, interval);
  return (
    <div className="flex flex-col gap-4">
      <BarLegend series={outcomes} />
      <BarChart label={label} series={outcomes} points={points} ticks={ticks} />
      {reasons.length === 0 ? null : (
        <section className="mt-2 flex flex-col gap-4">
          <h3 className="font-medium">
            Denied, by reason <span className="font-normal text-text-muted">(its own scale)</span>
          </h3>
          <BarLegend series={reasons} />
          <BarChart label={deniedText(usage)} series={reasons} points={points} ticks={ticks} low />
        </section>
      )}
      <p className="text-sm text-text-muted">
        {label} One bar is one {interval}; times are UTC.
      </p>
    </div>
  );
}

function Numbers({ usage, interval }: UsageChartProps) {
  const series = [...outcomeSeries(usage), ...reasonSeries(usage)];
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
