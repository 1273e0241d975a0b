/** The colours of shapes in charts, as the classes that fill them. */
export const CHART_TONES = {
  accent: "fill-accent",
  danger: "fill-danger",
  "red-1": "fill-chart-red-1",
  "red-2": "fill-chart-red-2",
  "red-3": "fill-chart-red-3",
  "red-4": "fill-chart-red-4",
  "amber-1": "fill-chart-amber-1",
  "amber-2": "fill-chart-amber-2",
  "amber-3": "fill-chart-amber-3",
  "violet-1": "fill-chart-violet-1",
  "violet-2": "fill-chart-violet-2",
  "violet-3": "fill-chart-violet-3",
  "teal-1": "fill-chart-teal-1",
};

export type ChartTone = keyof typeof CHART_TONES;
