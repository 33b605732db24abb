import { expect, test } from "vitest";
import type { Markup } from "./html.ts";
import { barChart, reliabilityChart } from "./svg-bars.ts";
import { powerTicks, roundTicks, tickText, xOf, yOf, type Axis } from "./svg-frame.ts";
import { heatOverlay } from "./svg-heat.ts";
import { lineChart } from "./svg-lines.ts";
import { matrixChart } from "./svg-matrix.ts";

const hostile = '<script>"&';

/** Names of the open elements at each end tag; fails where tags do not match. */
function checkNesting({ text }: Markup): void {
  const open: string[] = [];
  for (const [, end, name = "", rest = ""] of text.matchAll(/<(\/?)([a-z]+)((?:[^"<>]|"[^"]*")*)>/gi)) {
    if (end === "/") expect(open.pop()).toBe(name);
    else if (!rest.endsWith("/") && name !== "img") open.push(name);
  }
  expect(open).toEqual([]);
  expect(text).not.toContain("NaN");
  expect(text).not.toContain("undefined");
  expect(text).not.toContain("<script");
}

/** A chart says what it is and shows to those who do not see it. */
function checkNamed({ text }: Markup, id: string): void {
  expect(text).toContain(`role="img" aria-labelledby="${id}-t ${id}-d"`);
  expect(text).toMatch(new RegExp(`<title id="${id}-t">[^<]+</title>\\s*<desc id="${id}-d">[^<]+</desc>`));
}

test("ticks are round and lie within the ends", () => {
  expect(roundTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(roundTicks(1, 15)).toEqual([5, 10, 15]);
  expect(roundTicks(0, 0.7347)).toEqual([0, 0.2, 0.4, 0.6]);
  expect(roundTicks(3, 3)).toEqual([3]);
  expect(powerTicks(2e-5, 2e-2)).toEqual([1e-4, 1e-3, 1e-2]);
  expect(tickText(0.00002)).toBe("2e-5");
  expect(tickText(0.30000000000000004)).toBe("0.3");
});

test("an axis places its ends at the frame, y upwards, and clips what is outside", () => {
  const axis: Axis = { label: "", from: 10, to: 20 };
  expect([xOf(axis, 10), xOf(axis, 20), xOf(axis, 99)]).toEqual([52, 348, 348]);
  expect([yOf(axis, 10), yOf(axis, 20), yOf(axis, 15)]).toEqual([200, 12, 106]);
  expect(xOf({ label: "", from: 1e-4, to: 1, isLogarithmic: true }, 1e-2)).toBe(200);
  expect(xOf({ label: "", from: 1, to: 1 }, 1)).toBe(200);
});

test("lines differ by more than colour; a value that is not finite leaves a gap", () => {
  const chart = lineChart({
    id: "c",
    title: "Loss",
    description: "falls",
    x: { label: "Epoch", from: 1, to: 4 },
    y: { label: "Loss", from: 0, to: 1 },
    series: [
      {
        name: hostile,
        points: [
          [1, 1],
          [2, Number.NaN],
          [3, 0.5],
          [4, 0.25],
        ],
      },
      {
        name: "b",
        points: [
          [1, 0.5],
          [4, 0.5],
        ],
      },
    ],
    mark: { at: 3, name: "best" },
  });
  checkNesting(chart);
  checkNamed(chart, "c");
  expect(chart.text).toContain('class="line s0" d="M52 12M249.3 106L348 153"');
  expect(chart.text).toContain('class="line s1" d="M52 106L348 106"');
  expect(chart.text).toMatch(/&lt;script&gt;&quot;&amp;\s*<\/li>/);
  expect(chart.text.match(/class="marker s0"/g)).toHaveLength(3 + 1);
});

test("a confusion matrix shows counts, shares of rows by depth, and every class", () => {
  const chart = matrixChart({
    id: "m",
    title: "Confusion",
    description: "two",
    counts: [
      [3, 1],
      [0, 0],
    ],
    classNames: [hostile, "猫"],
    rowLabel: "true",
    columnLabel: "given",
  });
  checkNesting(chart);
  checkNamed(chart, "m");
  expect(chart.text.match(/fill-opacity="[\d.]+"/g)).toEqual(
    [0.75, 0.25, 0, 0].map((share) => `fill-opacity="${share}"`),
  );
  expect(chart.text).toContain("<title>&lt;script&gt;&quot;&amp; → 猫: 1 / 4</title>");
});

test("many classes keep a matrix small, and without numbers", () => {
  const size = 100;
  const counts = Array.from({ length: size }, () => Array.from({ length: size }, () => 1));
  const classNames = counts.map((_, label) => `class ${label}`);
  const chart = matrixChart({
    id: "m",
    title: "t",
    description: "d",
    counts,
    classNames,
    rowLabel: "r",
    columnLabel: "c",
  });
  checkNesting(chart);
  expect(chart.text.length).toBeLessThan(250_000);
  expect(chart.text).not.toContain('class="weak"');
});

test("a reliability diagram leaves empty groups out", () => {
  const chart = reliabilityChart({
    id: "r",
    title: "Calibration",
    description: "good",
    bins: [
      { from: 0, to: 0.5, numSamples: 0, confidence: null, accuracy: null },
      { from: 0.5, to: 1, numSamples: 4, confidence: 0.75, accuracy: 0.5 },
    ],
    xLabel: "x",
    yLabel: "y",
  });
  checkNesting(chart);
  checkNamed(chart, "r");
  expect(chart.text.match(/class="bar"/g)).toHaveLength(1);
  expect(chart.text).toContain('y="106"');
});

test("bars are as long as their values", () => {
  const bars = [
    { name: hostile, value: 2, text: "2 s" },
    { name: "b", value: 1, text: "1 s" },
  ];
  const chart = barChart(bars, { id: "b", title: "Time", description: "two" });
  checkNesting(chart);
  checkNamed(chart, "b");
  expect(chart.text).toContain('width="140"');
  expect(chart.text).toContain('width="70"');
});

test("an occlusion map marks what counts, and frames what counts most", () => {
  const picture = { width: 20, height: 10, uri: "data:image/png;base64,AA==" };
  const map = { numRows: 1, numColumns: 4, drops: [0.4, 0.2, 0.001, -0.3] };
  const chart = heatOverlay(picture, map, { id: "h", title: "Map", description: "left" });
  checkNesting(chart);
  checkNamed(chart, "h");
  expect(chart.text.match(/<rect/g)).toHaveLength(2);
  expect(chart.text).toContain('class="heat most" x="0" y="0" width="5" height="10" fill-opacity="0.7"');
  expect(chart.text).toContain('class="heat" x="5" y="0" width="5" height="10" fill-opacity="0.35"');
});
