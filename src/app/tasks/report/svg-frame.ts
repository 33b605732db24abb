// The frame that charts share: axes, ticks, grid, names. Colours are CSS classes of the page, so that a chart follows
// light and dark.

import { html, type Content, type Markup } from "./html.ts";

/** What an axis shows. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly isLogarithmic?: boolean;
  /** Values to mark; chosen when left out. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

/** A chart's own size in its units; the page scales it. */
export const chart = { width: 360, height: 240, left: 52, right: 12, top: 12, bottom: 40 } as const;

/** Where a value lies along x. */
export function xOf(axis: Axis, value: number): number {
  return chart.left + share(axis, value) * (chart.width - chart.left - chart.right);
}

/** Where a value lies along y. */
export function yOf(axis: Axis, value: number): number {
  return chart.height - chart.bottom - share(axis, value) * (chart.height - chart.top - chart.bottom);
}

function share({ from, to, isLogarithmic = false }: Axis, value: number): number {
  const [low, high, at] = isLogarithmic ? [Math.log10(from), Math.log10(to), Math.log10(value)] : [from, to, value];
  return high === low ? 0.5 : Math.min(1, Math.max(0, (at - low) / (high - low)));
}

/** Round values between two ends: multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, numWanted = 5): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / numWanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Powers of ten between two ends, or the ends. */
export function powerTicks(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(`1e${first + index}`));
  return powers.length > 1 ? powers : [from, to];
}

/** A number short enough for an axis. */
export function tickText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

/**
 * A chart with its name and what it shows in words, for those who do not see it.
 * @param id unique in the page
 */
export function figure(
  { id, title, description, viewBox = `0 0 ${chart.width} ${chart.height}` }: FigureText,
  ...content: readonly Content[]
): Markup {
  return html`<svg class="chart" viewBox="${viewBox}" role="img" aria-labelledby="${id}-t ${id}-d">
    <title id="${id}-t">${title}</title>
    <desc id="${id}-d">${description}</desc>
    ${content}
  </svg>`;
}

/** How a chart is named. */
export interface FigureText {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly viewBox?: string;
}

/** Grid, ticks and axis names. */
export function axes(x: Axis, y: Axis): Markup {
  const right = chart.width - chart.right;
  const bottom = chart.height - chart.bottom;
  const middleX = (chart.left + right) / 2;
  const middleY = (chart.top + bottom) / 2;
  return html`<g class="axes"
    >${ticksOf(y).map((value) => {
      const at = number(yOf(y, value));
      return html`<path class="grid" d="M${chart.left} ${at}H${right}" /><text
          x="${chart.left - 6}"
          y="${at}"
          dy=".32em"
          text-anchor="end"
          >${(y.format ?? tickText)(value)}</text
        >`;
    })}${ticksOf(x).map((value) => {
      const at = number(xOf(x, value));
      return html`<path class="grid" d="M${at} ${chart.top}V${bottom}" /><text
          x="${at}"
          y="${bottom + 15}"
          text-anchor="middle"
          >${(x.format ?? tickText)(value)}</text
        >`;
    })}<path class="axis" d="M${chart.left} ${chart.top}V${bottom}H${right}" /><text
      class="name"
      x="${middleX}"
      y="${chart.height - 6}"
      text-anchor="middle"
      >${x.label}</text
    ><text class="name" transform="translate(12 ${middleY}) rotate(-90)" text-anchor="middle">${y.label}</text></g
  >`;
}

function ticksOf({ ticks, from, to, isLogarithmic = false }: Axis): readonly number[] {
  return ticks ?? (isLogarithmic ? powerTicks(from, to) : roundTicks(from, to));
}

/** A coordinate with as many digits as can be seen. */
export function number(value: number, numDigits = 1): string {
  return String(Number(value.toFixed(numDigits)));
}
