// A confusion matrix as a picture: counts in cells, darker where a larger share of the true class lies.

import { html, type Markup } from "./html.ts";
import { figure, number, type FigureText } from "./svg-frame.ts";

/** What a confusion matrix shows. */
export interface MatrixChart extends FigureText {
  /** `counts[i][j]`: samples of class i that were taken for class j. */
  readonly counts: readonly (readonly number[])[];
  readonly classNames: readonly string[];
  readonly rowLabel: string;
  readonly columnLabel: string;
}

/** Beyond this, numbers would not be readable: cells carry colour and a tooltip alone. */
const maxNumbered = 16;
/** Beyond this, names would not be readable either. */
const maxNamed = 40;
const maxLetters = 14;
/** The least side of a cell that has a name beside it. */
const leastNamedCell = 20;

/** The matrix; rows are true classes. */
export function matrixChart({ counts, classNames, rowLabel, columnLabel, ...text }: MatrixChart): Markup {
  const size = classNames.length;
  const hasNames = size <= maxNamed;
  const longest = Math.max(...classNames.map((name) => lengthOf(shortened(name))));
  const cell = Math.min(72, Math.max(hasNames ? leastNamedCell : 2, 300 / size));
  const fontSize = Math.min(12, Math.max(6, cell * 0.42));
  const margin = hasNames ? 24 + longest * fontSize * 0.62 : 24;
  const side = margin + cell * size + 8;
  const place: Place = { margin, cell, fontSize };
  const cells = hasNames
    ? counts.flatMap((row, label) => cellsOf(row, label, classNames, place))
    : tones(counts, place);
  const names = hasNames
    ? classNames.map((name, index) => namesAt(shortened(name), margin, margin + (index + 0.5) * cell, fontSize))
    : [];
  const middle = margin + (cell * size) / 2;
  const labels = html`<text class="name" x="${number(middle)}" y="12" text-anchor="middle">${columnLabel}</text
    ><text class="name" transform="translate(12 ${number(middle)}) rotate(-90)" text-anchor="middle"
      >${rowLabel}</text
    >`;
  const width = Math.max(side, 200);
  return html`<div class="plot matrix" style="max-width:${Math.round(width * 1.35)}px">
    <div style="min-width:${Math.round(width * 0.9)}px">
      ${figure({ ...text, viewBox: `0 0 ${number(width)} ${number(side)}` }, cells, names, labels)}
    </div>
  </div>`;
}

/** Where cells lie, in the units of the chart. */
interface Place {
  readonly margin: number;
  readonly cell: number;
  readonly fontSize: number;
}

/** The cells of one true class. */
function cellsOf(
  row: readonly number[],
  label: number,
  classNames: readonly string[],
  { margin, cell, fontSize }: Place,
): Markup[] {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, given) => {
    const share = total === 0 ? 0 : count / total;
    const [x, y] = [margin + given * cell, margin + label * cell];
    const names = `${classNames[label] ?? ""} → ${classNames[given] ?? ""}: ${count} / ${total}`;
    const tone = share > 0.55 ? "strong" : "weak";
    const text = html`<text
      class="${tone}"
      x="${number(x + cell / 2)}"
      y="${number(y + cell / 2)}"
      dy=".34em"
      text-anchor="middle"
      font-size="${number(fontSize)}"
      >${count}</text
    >`;
    return html`<g
      ><title>${names}</title
      ><rect
        class="cell${label === given ? " right" : ""}"
        x="${number(x)}"
        y="${number(y)}"
        width="${number(cell)}"
        height="${number(cell)}"
        fill-opacity="${number(share, 2)}"
      />${row.length <= maxNumbered && text}</g
    >`;
  });
}

/** Many cells as one shape for each tenth of a row's share, so that hundreds of classes take little space. */
function tones(counts: readonly (readonly number[])[], { margin, cell }: Place): Markup {
  const shapes = Array.from({ length: 10 }, () => "");
  counts.forEach((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, given) => {
      if (count === 0) return;
      const tenth = Math.min(9, Math.floor((count / total) * 10));
      const [x, y] = [margin + given * cell, margin + label * cell];
      shapes[tenth] += `M${number(x)} ${number(y)}h${number(cell)}v${number(cell)}h-${number(cell)}z`;
    });
  });
  const side = number(cell * counts.length);
  const paths = shapes.map(
    (shape, tenth) => html`<path class="tone" d="${shape}" fill-opacity="${number(tenth / 10 + 0.1, 2)}" />`,
  );
  return html`<rect
      class="cell"
      x="${margin}"
      y="${margin}"
      width="${side}"
      height="${side}"
      fill-opacity="0"
    />${paths}`;
}

function namesAt(name: string, margin: number, middle: number, fontSize: number): Markup {
  return html`<text
      x="${number(margin - 5)}"
      y="${number(middle)}"
      dy=".34em"
      text-anchor="end"
      font-size="${number(fontSize)}"
      >${name}</text
    ><text
      transform="translate(${number(middle)} ${number(margin - 5)}) rotate(-90)"
      dy=".34em"
      font-size="${number(fontSize)}"
      >${name}</text
    >`;
}

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length <= maxLetters ? name : `${letters.slice(0, maxLetters - 1).join("")}…`;
}

/** In letters of Latin width; Chinese ones are wider. */
function lengthOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 1.7 : 1), 0);
}
