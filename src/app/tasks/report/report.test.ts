import { expect, test } from "vitest";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { layers } from "#learning/nn/layers.ts";
import { layerCosts } from "./layer-costs.ts";
import { markdown, yaml } from "./model-card.ts";
import { coveredPictures } from "./occlusion.ts";
import { base64 } from "./pictures.ts";
import { bestHits, confusedPairs, worstMistakes, type Answer } from "./predictions.ts";
import { energyOf, resourcesFrom } from "./resources.ts";
import { epochsFrom } from "./run-record.ts";
import { chinese } from "./text-zh.ts";
import { english } from "./text-en.ts";
import { durationText, fill, scaled } from "./texts.ts";

function answer(index: number, label: number, probabilities: readonly number[]): Answer {
  const given = probabilities.indexOf(Math.max(...probabilities));
  return { index, file: `${index}.png`, label, given, probabilities };
}

const answers = [
  answer(0, 0, [0.9, 0.1, 0]),
  answer(1, 0, [0.2, 0.7, 0.1]),
  answer(2, 1, [0.1, 0.8, 0.1]),
  answer(3, 0, [0.05, 0.95, 0]),
  answer(4, 2, [0.5, 0.1, 0.4]),
  answer(5, 0, [0.99, 0.01, 0]),
];

test("the worst mistakes gave the truth least; hits go through the classes; pairs by their number", () => {
  const numbers = (list: readonly Answer[]): number[] => list.map(({ index }) => index);
  expect(numbers(worstMistakes(answers, 2))).toEqual([3, 1]);
  expect(numbers(bestHits(answers, 3))).toEqual([5, 2, 0]);
  expect(
    confusedPairs(answers, 5, 1).map(({ label, given, count, answers: [first] }) => [
      label,
      given,
      count,
      first?.index,
    ]),
  ).toEqual([
    [0, 1, 2, 3],
    [2, 0, 1, 4],
  ]);
});

test("history: an epoch told again replaces the first; what has no number is passed over", () => {
  const lines = [
    { epoch: 2, loss: 1 },
    { epoch: 1, loss: 2, isBest: true },
    { loss: 3 },
    { epoch: 2, loss: 0.5, note: "a" },
  ];
  expect(epochsFrom(lines)).toEqual([
    { epoch: 1, isBest: true, values: { loss: 2 } },
    { epoch: 2, isBest: false, values: { loss: 0.5 } },
  ]);
});

test("layers cost what their kernels multiply and add", () => {
  const network = sequentialNetwork([
    layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [10, 12, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
    layers.flatten(),
    layers.dense({ units: 5 }),
  ]);
  const costs = layerCosts(network);
  expect(costs.map(({ flops }) => flops)).toEqual([
    2 * 3 * 3 * 3 * 8 * (8 * 10),
    0,
    2 * 2 * 2 * 2 * 8 * (4 * 5),
    0,
    2 * 8 * 10 * 2 * 5,
  ]);
  expect(costs.map(({ numParameters }) => numParameters)).toEqual([
    3 * 3 * 3 * 8 + 8,
    0,
    2 * 2 * 2 * 8 + 2,
    0,
    160 * 5 + 5,
  ]);
});

test("a patch of the mean colour covers each cell and half of its neighbours", () => {
  const pixels = Uint8Array.from([0, 10, 20, 30]);
  const covered = coveredPictures(pixels, { height: 1, width: 4, channels: 1, numRows: 1, numColumns: 2 });
  expect(Array.from(covered)).toEqual([15, 15, 15, 30, 0, 15, 15, 15]);
});

test("energy is measured, else estimated and said to be, else unknown", () => {
  const use = { phases: [], seconds: 10 };
  expect(energyOf({ ...use, cpuSeconds: 4, energyJoules: 7 })).toEqual({ joules: 7, kind: "measured" });
  expect(energyOf({ ...use, cpuSeconds: 4 })).toEqual({ joules: 32, kind: "estimated", wattsPerCore: 8 });
  expect(energyOf(use)).toBeUndefined();
  expect(resourcesFrom({ seconds: 3, phases: [{ name: "fit", seconds: 2 }, 5], cpuSeconds: "x" })).toMatchObject({
    seconds: 3,
    phases: [{ name: "fit", seconds: 2 }],
    cpuSeconds: undefined,
  });
  expect(resourcesFrom([])).toBeUndefined();
});

test("names cannot break out of YAML or Markdown", () => {
  expect(yaml('a"\n---\u0085b')).toBe(String.raw`"a\"\n---\u0085b"`);
  expect(markdown("<b>|`*x*`\n# [a](b)")).toBe(String.raw`&lt;b&gt;\|\`\*x\*\` \# \[a\](b)`);
});

test("base64 as RFC 4648 has it", () => {
  for (const text of ["", "f", "fo", "foo", "foob", "fooba", "foobar"]) {
    expect(base64(new TextEncoder().encode(text))).toBe(btoa(text));
  }
});

test("numbers read as people write them", () => {
  expect([999, 1000, 63_600_000].map(scaled)).toEqual(["999", "1.00 k", "63.6 M"]);
  expect([1.5, 75, 7260].map((seconds) => durationText(english, seconds))).toEqual([
    "1.50 s",
    "1 min 15 s",
    "2 h 1 min",
  ]);
  expect(fill("{a} {b} {a}", { a: 1 })).toBe("1 {b} 1");
});

test("Chinese leaves no English words", () => {
  const commands = /sinter data check FOLDER|--check|report\.json/g;
  for (const [key, text] of Object.entries(chinese)) {
    const words =
      text
        .replaceAll(/\{\w+\}/g, "")
        .replaceAll(commands, "")
        .match(/[A-Za-z]{2,}/g) ?? [];
    expect(
      words.filter((word) => !["ROC", "AUC", "RAPL", "sinter"].includes(word)),
      key,
    ).toEqual([]);
  }
});
