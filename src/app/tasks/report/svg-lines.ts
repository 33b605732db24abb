// Line charts: curves over epochs, ROC and precision-recall curves. Lines differ by colour, dash and marker.

import { html, type Markup } from "./html.ts";
import { axes, chart, figure, number, xOf, yOf, type Axis, type FigureText } from "./svg-frame.ts";

/** A line of a chart; a y that is not finite leaves a gap. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and grey, without a legend: what a line is compared to. */
  readonly isReference?: boolean;
}

/** What a line chart shows. */
export interface LineChart extends FigureText {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Whether points carry markers, so that lines differ by more than colour and dash; default true. */
  readonly hasMarkers?: boolean;
  /** Whether names of lines come from the data and are not to be translated. */
  readonly isData?: boolean;
  /** A place along x that is marked, with its name. */
  readonly mark?: { readonly at: number; readonly name: string } | undefined;
}

/** Colours and dashes of the page's style; more lines begin again with other markers. */
const numStyles = 6;
/** Markers are drawn where there are few enough points to tell them apart. */
const maxMarkers = 40;

/** A line chart with its legend below. */
export function lineChart({ x, y, series, mark, hasMarkers = true, isData = false, ...text }: LineChart): Markup {
  const named = series.filter(({ isReference = false }) => !isReference);
  const lines = series.map((line) => {
    if (line.isReference === true) return html`<path class="reference" d="${pathOf(line, x, y)}" />`;
    const style = named.indexOf(line);
    return html`<path
        class="line s${style % numStyles}"
        d="${pathOf(line, x, y)}"
      />${hasMarkers && markersOf(line, style, x, y)}`;
  });
  const svg = figure(text, axes(x, y), mark === undefined ? undefined : markOf(mark, x), lines);
  return html`<div class="plot">
    ${svg}${
      (named.length > 1 || isData) &&
      legend(
        named.map(({ name }) => name),
        hasMarkers,
        isData,
      )
    }
  </div>`;
}

/** Names beside samples of their lines. */
function legend(names: readonly string[], hasMarkers: boolean, isData: boolean): Markup {
  return html`<ul class="legend" translate="${isData ? "no" : "yes"}">
    ${names.map(
      (name, style) =>
        html`<li>
          <svg viewBox="0 0 28 10" aria-hidden="true">
            <path class="line s${style % numStyles}" d="M0 5H28" />
            ${hasMarkers && marker(style, 14, 5)}</svg
          >${name}
        </li>`,
    )}
  </ul>`;
}

function pathOf({ points }: Series, x: Axis, y: Axis): string {
  let isOpen = false;
  return points
    .map(([atX, atY]) => {
      if (!Number.isFinite(atY)) {
        isOpen = false;
        return "";
      }
      const command = isOpen ? "L" : "M";
      isOpen = true;
      return `${command}${number(xOf(x, atX))} ${number(yOf(y, atY))}`;
    })
    .join("");
}

function markersOf({ points }: Series, style: number, x: Axis, y: Axis): readonly Markup[] {
  if (points.length > maxMarkers) return [];
  return points.filter(([, atY]) => Number.isFinite(atY)).map(([atX, atY]) => marker(style, xOf(x, atX), yOf(y, atY)));
}

/** A dot, a square, a triangle or a diamond. */
function marker(style: number, x: number, y: number): Markup {
  const shapes = [
    "m-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0",
    "m-2.4-2.4h4.8v4.8h-4.8z",
    "m0-3.2l3 5.4h-6z",
    "m0-3.4l3.4 3.4l-3.4 3.4l-3.4-3.4z",
  ];
  return html`<path
    class="marker s${style % numStyles}"
    d="M${number(x)} ${number(y)}${shapes[style % shapes.length]}"
  />`;
}

function markOf({ at, name }: { readonly at: number; readonly name: string }, x: Axis): Markup {
  const place = xOf(x, at);
  const isLeft = place > chart.width * 0.6;
  return html`<path class="mark" d="M${number(place)} ${chart.top}V${chart.height - chart.bottom}" /><text
      class="mark-name"
      x="${number(place + (isLeft ? -4 : 4))}"
      y="${chart.top + 8}"
      text-anchor="${isLeft ? "end" : "start"}"
      >${name}</text
    >`;
}
