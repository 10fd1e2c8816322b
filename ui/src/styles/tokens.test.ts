import { describe, expect, it } from "vitest";
import tokens from "./tokens.css?raw";

const themes = ["light", "dark"] as const;
type Theme = (typeof themes)[number];

const colours = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light: light ?? "", dark: dark ?? "" },
  ]),
);

function luminance(name: string, theme: Theme): number {
  const hex = colours.get(name)?.[theme];
  if (!hex) throw new Error(`no colour ${name}`);
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(front: string, back: string, theme: Theme): number {
  const [lighter = 0, darker = 0] = [luminance(front, theme), luminance(back, theme)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ["canvas", "surface", "sunken", "hover"];
const texts: [string, string][] = [
  ...grounds.flatMap((ground) => ["ink", "ink-soft"].map((ink): [string, string] => [ink, ground])),
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["accent", "accent-soft"],
  ["accent", "surface"],
  ["danger", "surface"],
  ["danger", "danger-soft"],
  ["ink", "danger-soft"],
  ["ink-soft", "danger-soft"],
  ["caution", "caution-soft"],
  ["ink", "caution-soft"],
  ["ink-soft", "caution-soft"],
];
const shapes: [string, string][] = [
  ["accent", "canvas"],
  ["accent", "sunken"],
  ["line-strong", "surface"],
  ["line-strong", "sunken"],
  ["caution", "surface"],
];

describe.each(themes)("the %s theme", (theme) => {
  it.each(texts)("has %s legible on %s", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(shapes)("has %s visible on %s", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
