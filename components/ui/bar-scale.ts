/** The drawing's height. Its width is the number of bars. */
export const HEIGHT = 100;

export const heightOf = (value: number, top: number): number => round((value / top) * HEIGHT);
const round = (value: number): number => Math.round(value * 100) / 100;

/** So much is to be seen of what is there at all, where next to nothing must not pass for nothing. */
const LEAST = 0.8;
/** Between the parts of a bar, so that shades of one hue do not run into each other. */
const SEAM = 0.5;

type Part<T> = { tone: T; value: number; isMarked: boolean };

/**
 * Where the parts of a bar are, from its bottom to its top, each as high as it is. Two exceptions: a bar of next to
 * nothing is `LEAST` high, and so is a marked part, at the cost of the highest one.
 */
export function partsOf<T>(parts: readonly Part<T>[], top: number): { tone: T; y: number; height: number }[] {
  const shown = parts.filter(({ value }) => value > 0);
  const sum = shown.reduce((all, { value }) => all + value, 0);
  const whole = Math.max(LEAST, (sum / top) * HEIGHT);
  const heights = shown.map(({ value, isMarked }) => Math.max(isMarked ? LEAST : 0, (value / sum) * whole));
  const highest = heights.indexOf(Math.max(...heights));
  const excess = heights.reduce((all, height) => all + height, 0) - whole;
  let y = HEIGHT;
  return shown.map(({ tone }, index) => {
    const height = Math.max(0, (heights[index] ?? 0) - (index === highest ? excess : 0));
    y -= height;
    const seam = index < shown.length - 1 && height > 3 * SEAM ? SEAM : 0;
    return { tone, y: Math.max(0, round(y + seam)), height: round(height - seam) };
  });
}

/** Where the lines of the scale are: at most five, at whole steps of 1, 2 or 5 times a power of ten, from 0 to past `most`. */
export function scaleFor(most: number): number[] {
  let unit = 1;
  while (unit * 40 < most) unit *= 10;
  const step = unit * ([1, 2, 5].find((times) => times * unit * 4 >= most) ?? 10);
  const steps = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

/** "950", "12K", "3.4M". */
export const shortNumber = (value: number): string => SHORT.format(value);
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
