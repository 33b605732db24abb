// Bars: the reliability diagram, and shares of a whole as lying bars.

import type { CalibrationBin } from "./curves.ts";
import { html, type Markup } from "./html.ts";
import { axes, figure, number, xOf, yOf, type Axis, type FigureText } from "./svg-frame.ts";

/** What a reliability diagram shows. */
export interface ReliabilityChart extends FigureText {
  readonly bins: readonly CalibrationBin[];
  readonly xLabel: string;
  readonly yLabel: string;
}

/** Accuracy by confidence; on the diagonal, probabilities can be taken at their word. */
export function reliabilityChart({ bins, xLabel, yLabel, ...text }: ReliabilityChart): Markup {
  const x: Axis = { label: xLabel, from: 0, to: 1 };
  const y: Axis = { label: yLabel, from: 0, to: 1 };
  const bars = bins.map(({ from, to, accuracy, confidence, numSamples }) => {
    if (accuracy === null || confidence === null) return undefined;
    const [left, right] = [xOf(x, from) + 1, xOf(x, to) - 1];
    const [top, bottom] = [yOf(y, accuracy), yOf(y, 0)];
    return html`<g
      ><title>
        ${`${from.toFixed(1)} – ${to.toFixed(1)}: ${confidence.toFixed(3)} → ${accuracy.toFixed(3)}, n = ${numSamples}`}</title
      ><rect
        class="bar"
        x="${number(left)}"
        y="${number(top)}"
        width="${number(right - left)}"
        height="${number(Math.max(1, bottom - top))}" /><path
        class="confidence"
        d="M${number(left)} ${number(yOf(y, confidence))}H${number(right)}"
    /></g>`;
  });
  const diagonal = html`<path
    class="reference"
    d="M${number(xOf(x, 0))} ${number(yOf(y, 0))}L${number(xOf(x, 1))} ${number(yOf(y, 1))}"
  />`;
  return html`<div class="plot">${figure(text, axes(x, y), bars, diagonal)}</div>`;
}

/** A lying bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

/** Lying bars, the value written beside each. */
export function barChart(bars: readonly Bar[], text: Omit<FigureText, "viewBox">): Markup {
  const row = 24;
  const largest = Math.max(...bars.map(({ value }) => value), 1e-12);
  const rows = bars.map(({ name, value, text: written }, index) => {
    const middle = index * row + row / 2;
    const length = Math.max(1, (value / largest) * 140);
    return html`<text x="142" y="${middle}" dy=".34em" text-anchor="end">${name}</text
      ><rect class="bar" x="150" y="${middle - 7}" width="${number(length)}" height="14" /><text
        x="${number(156 + length)}"
        y="${middle}"
        dy=".34em"
        >${written}</text
      >`;
  });
  return html`<div class="plot">${figure({ ...text, viewBox: `0 0 360 ${bars.length * row}` }, rows)}</div>`;
}
