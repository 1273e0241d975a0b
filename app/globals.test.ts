import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./globals.css", import.meta.url), "utf8");
const palette = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

const SURFACES = ["surface", "surface-raised", "surface-sunken", "surface-hover"];
const TONES = ["accent", "danger", "warning", "success"];

/** Text and what it stands on: 4.5 (WCAG 1.4.3). */
const TEXT_PAIRS = [
  ...SURFACES.flatMap((on) => ["text", "text-muted", "accent-text", "danger-text"].map((text) => [text, on])),
  ...["surface-raised", "surface"].flatMap((on) => ["warning-text", "success-text"].map((text) => [text, on])),
  ...TONES.flatMap((tone) => [`${tone}-text`, "text"].map((text) => [text, `${tone}-subtle`])),
  ["text-muted", "accent-subtle"],
  ["accent-contrast", "accent"],
  ["accent-contrast", "accent-hover"],
  ["danger-contrast", "danger"],
  ["danger-contrast", "danger-hover"],
  ["surface", "text"],
];

/** Edges of controls, focus rings and meaningful shapes: 3 (WCAG 1.4.11). */
const SHAPE_PAIRS = [
  ...SURFACES.flatMap((on) => ["border-strong", "accent-text"].map((shape) => [shape, on])),
  ["accent", "surface-raised"],
  ["danger-text", "surface-raised"],
  ["danger", "surface-raised"],
  ...[...palette.keys()].filter((name) => name?.startsWith("chart-")).map((shape) => [shape, "surface-raised"]),
];

describe.each(["light", "dark"] as const)("the %s palette", (theme) => {
  it.each(TEXT_PAIRS)("has %s readable on %s (4.5:1)", (text, on) => {
    expect(contrast(colour(text, theme), colour(on, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPE_PAIRS)("has %s visible on %s (3:1)", (shape, on) => {
    expect(contrast(colour(shape, theme), colour(on, theme))).toBeGreaterThanOrEqual(3);
  });
});

function colour(name: string | undefined, theme: "light" | "dark"): string {
  const value = palette.get(name)?.[theme];
  if (!value) throw new Error(`globals.css has no colour ${name}.`);
  return value;
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
