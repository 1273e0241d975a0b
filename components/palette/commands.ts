import type { LucideIcon } from "lucide-react";

export const GROUPS = ["Go to", "Do", "Theme", "API keys"] as const;

/** One line of the command palette. */
export type Command = {
  id: string;
  group: (typeof GROUPS)[number];
  label: string;
  /** Beside the label, quieter. */
  detail?: string;
  /** Other words that find it. */
  keywords?: string;
  icon: LucideIcon;
  /** Why this member may not do it: the line is shown, says so and does nothing. */
  refusal?: string | null;
  run: () => void;
};

/** The commands that have every word of the query in their group, label or keywords, in their own order. */
export function matchingCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ group, label, keywords = "" }) => {
    const text = `${group} ${label} ${keywords}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The line that an arrow leads to; from the last one on to the first and back. Lines that can do nothing count too. */
export function nextIndex(current: number, step: 1 | -1, count: number): number {
  return count === 0 ? 0 : (current + step + count) % count;
}
