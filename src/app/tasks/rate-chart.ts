// The curve of a learning-rate range test as an SVG of its own: rates on a logarithmic axis, smoothed losses, a mark at the
// suggestion.

import { isRecord } from "#engine/base/is-record.ts";
import type { LearningRateCurve } from "#learning/train/find-learning-rate.ts";
import { numberIn } from "./json-fields.ts";
import type { JsonObject } from "./run-folder.ts";

const [width, height] = [720, 400];
const margin = { left: 64, right: 16, top: 24, bottom: 48 };
const numLossTicks = 5;

/** The curve in a file that `rateCurveText` gave the text of; undefined where there is none, or nothing to draw. */
export function rateCurveFrom(
  file: JsonObject | undefined,
): Pick<LearningRateCurve, "points" | "suggestion"> | undefined {
  const given = file?.["points"];
  const points = (Array.isArray(given) ? given : []).flatMap((point: unknown) => {
    const one = isRecord(point) ? point : undefined;
    const [learningRate, loss, smoothedLoss] = ["learningRate", "loss", "smoothedLoss"].map((name) =>
      numberIn(one, name),
    );
    const isWhole = learningRate !== undefined && loss !== undefined && smoothedLoss !== undefined;
    return isWhole ? [{ learningRate, loss, smoothedLoss }] : [];
  });
  return points.length < 2 ? undefined : { points, suggestion: numberIn(file, "suggestion") };
}

/** A place in a chart, both from 0 to 1; the y axis points up. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** The curve fitted to a unit square, and the values at its borders. */
export interface FittedCurve {
  readonly points: readonly ChartPoint[];
  readonly rates: readonly [least: number, most: number];
  readonly losses: readonly [least: number, most: number];
  /** Where the suggestion lies on the x axis. */
  readonly suggestionX: number | undefined;
}

/** Fits a curve to a unit square; what diverges far above the first loss is cut there. */
export function fitCurve({ points, suggestion }: Pick<LearningRateCurve, "points" | "suggestion">): FittedCurve {
  const losses = points.map(({ smoothedLoss }) => smoothedLoss);
  const least = Math.min(...losses);
  const ceiling = Math.max(losses[0] ?? 0, least) * 1.5;
  const most = Math.max(Math.min(Math.max(...losses), ceiling), least + Number.EPSILON);
  const rates = [points[0]?.learningRate ?? 1, points.at(-1)?.learningRate ?? 1] as const;
  const span = Math.log(rates[1] / rates[0]) || 1;
  const xOf = (rate: number): number => Math.log(rate / rates[0]) / span;
  return {
    points: points.map(({ learningRate, smoothedLoss }) => ({
      x: xOf(learningRate),
      y: (Math.min(smoothedLoss, most) - least) / (most - least),
    })),
    rates,
    losses: [least, most],
    suggestionX: suggestion === undefined ? undefined : xOf(suggestion),
  };
}

/** The text of an SVG file. @param curve with at least one point */
export function rateChart(curve: LearningRateCurve): string {
  const fitted = fitCurve(curve);
  const xAt = (x: number): string => (margin.left + x * (width - margin.left - margin.right)).toFixed(1);
  const yAt = (y: number): string => (height - margin.bottom - y * (height - margin.top - margin.bottom)).toFixed(1);
  const line = fitted.points.map(({ x, y }) => `${xAt(x)},${yAt(y)}`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>Loss by learning rate</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...rateTicks(fitted).map(({ x, text }) =>
      tick(xAt(x), yAt(0), xAt(x), yAt(1), { x: 0, y: 18, anchor: "middle", text }),
    ),
    ...lossTicks(fitted).map(({ y, text }) =>
      tick(xAt(0), yAt(y), xAt(1), yAt(y), { x: -8, y: 4, anchor: "end", text }),
    ),
    `<polyline points="${line}" fill="none" stroke="#1769aa" stroke-width="2"/>`,
    ...mark(curve, fitted.suggestionX, xAt, [yAt(0), yAt(1)]),
    `<text x="${xAt(0.5)}" y="${height - 8}" text-anchor="middle">learning rate</text>`,
    `<text x="8" y="14">loss (smoothed)</text>`,
    `</svg>`,
    "",
  ].join("\n");
}

interface TickLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: string;
  readonly text: string;
}

function tick(x1: string, y1: string, x2: string, y2: string, label: TickLabel): string {
  const { x, y, anchor, text } = label;
  return (
    `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#ddd"/>` +
    `<text x="${Number(x1) + x}" y="${Number(y1) + y}" text-anchor="${anchor}" fill="#555">${text}</text>`
  );
}

/** Powers of ten. */
function rateTicks({ rates: [least, most] }: FittedCurve): { x: number; text: string }[] {
  const span = Math.log10(most / least) || 1;
  const first = Math.ceil(Math.log10(least) - 1e-9);
  const numTicks = Math.max(0, Math.floor(Math.log10(most) + 1e-9) - first + 1);
  return Array.from({ length: numTicks }, (_, index) => first + index).map((exponent) => ({
    x: (exponent - Math.log10(least)) / span,
    text: `1e${exponent}`,
  }));
}

function lossTicks({ losses: [least, most] }: FittedCurve): { y: number; text: string }[] {
  return Array.from({ length: numLossTicks }, (_, index) => index / (numLossTicks - 1)).map((y) => ({
    y,
    text: (least + y * (most - least)).toPrecision(3),
  }));
}

function mark(
  { suggestion }: LearningRateCurve,
  x: number | undefined,
  xAt: (x: number) => string,
  [bottom, top]: readonly [string, string],
): string[] {
  if (suggestion === undefined || x === undefined) return [];
  return [
    `<path d="M${xAt(x)} ${bottom}L${xAt(x)} ${top}" stroke="#b3261e" stroke-dasharray="4 3"/>`,
    `<text x="${Number(xAt(x)) + 6}" y="${Number(top) + 12}" fill="#b3261e">${suggestion.toExponential(1)}</text>`,
  ];
}
