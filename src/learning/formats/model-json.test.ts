// model.json: what is written is read back; anything else is refused with a reason.

import { expect, test } from "vitest";
import { decodeModelJson, encodeModelJson, type ModelDescription } from "./model-json.ts";

const description: ModelDescription = {
  name: "sequential",
  layers: [
    { kind: "dense", options: { units: 3, name: "dense", activation: { kind: "leakyRelu", negativeSlope: 0.1 } } },
  ],
  training: {
    optimizer: { kind: "adam", options: { learningRate: 0.001 } },
    loss: { kind: "binaryCrossentropy", options: { fromLogits: false } },
    metrics: [{ kind: "accuracy", options: {} }],
    iterations: 12,
    seed: 3,
  },
  preprocessing: {
    scale: 1 / 255,
    offset: 0,
    imageSize: [64, 48],
    classNames: ["cat", "dog"],
    temperature: 1.5,
    threshold: 0.4,
  },
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("decode gives what encode was given", () => {
  expect(decodeModelJson(bytes(encodeModelJson(description)))).toEqual(description);
  const { training: _, ...untrained } = { ...description, preprocessing: {} };
  expect(decodeModelJson(bytes(encodeModelJson(untrained)))).toEqual(untrained);
});

test("decode gives the objectives of several outputs", () => {
  const [age, kind] = ["age", "kind"].map((output) => ({
    output,
    loss: { kind: "huber", options: { delta: 2 } },
    weight: 0.5,
    metrics: [{ kind: "accuracy", options: {} }],
  }));
  const training = { optimizer: { kind: "sgd", options: {} }, objectives: [age, kind], iterations: 1, seed: 0 };
  const text = encodeModelJson({ ...description, training: JSON.parse(JSON.stringify(training)) });
  expect(decodeModelJson(bytes(text)).training).toEqual(training);
  const damaged = text.replace('"weight": 0.5', '"weight": "half"');
  expect(() => decodeModelJson(bytes(damaged))).toThrow('weight is "half", expected a number');
});

test.each([
  ["", "expected JSON"],
  ["[]", "an object"],
  ["null", "an object"],
  ['{"format":"other"}', '"format": "sinter-model"'],
  ['{"format":"sinter-model","version":99}', "Update sinter"],
  ['{"format":"sinter-model","version":1,"name":"a"}', "layers is missing, expected a list"],
  ['{"format":"sinter-model","version":1,"name":"a","layers":[{"kind":1}]}', "kind is 1, expected a text"],
  [
    '{"format":"sinter-model","version":1,"name":"a","layers":[],"preprocessing":{"classNames":[1]}}',
    "classNames[0] is 1",
  ],
])("refuses %s", (text, reason) => {
  expect(() => decodeModelJson(bytes(text))).toThrow(reason);
  expect(() => decodeModelJson(bytes(text))).toThrow(expect.objectContaining({ code: "format" }));
});

test("refuses depth without end", () => {
  const deep = `${'{"a":'.repeat(100)}1${"}".repeat(100)}`;
  const text = `{"format":"sinter-model","version":1,"name":"a","layers":[{"kind":"dense","options":${deep}}]}`;
  expect(() => decodeModelJson(bytes(text))).toThrow("at most 32 levels");
});
