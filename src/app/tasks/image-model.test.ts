import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequential } from "#learning/train/model.ts";
import { buildImageModel, type ModelBuilder } from "./image-model.ts";

const request = { imageSize: [8, 8], classNames: ["a", "b", "c"], channels: 3, seed: 7 } as const;
const inputShape = [8, 8, 3];

/** A model of a flattened picture with the last layer given. */
function ending(units: number, activation: "softmax" | "sigmoid" | "relu"): ModelBuilder {
  return () => sequential([layers.flatten({ inputShape }), layers.dense({ units, activation })]);
}

test("the last layer says which loss is meant", async () => {
  const two = { ...request, classNames: ["a", "b"] };
  expect((await buildImageModel("cnn", two)).loss).toBe("binaryCrossentropy");
  expect((await buildImageModel(ending(2, "softmax"), two)).loss).toBe("sparseCategoricalCrossentropy");
  expect((await buildImageModel(ending(3, "softmax"), request)).loss).toBe("sparseCategoricalCrossentropy");
});

test.each([
  ["too few outputs", ending(2, "softmax")],
  ["no probabilities", ending(3, "relu")],
  ["one output for three classes", ending(1, "sigmoid")],
])("%s: the right last layer is named", async (_, model) => {
  await expect(buildImageModel(model, request)).rejects.toThrow(
    /End it with dense\({ units: 3, activation: "softmax" }\)/,
  );
});

test("a list of layers is a model that starts from the seed", async () => {
  const list: ModelBuilder = () => [
    layers.flatten({ inputShape }),
    layers.dense({ units: 3, activation: "softmax", name: "answer" }),
  ];
  const { model, name } = await buildImageModel({ name: "mine.ts", build: list }, request);
  expect(name).toBe("mine.ts");
  expect(model.network.output.shape).toEqual([3]);
});

test("a misspelt name and a function that gives no model are refused", async () => {
  const misspelt: unknown = "cmn";
  await expect(buildImageModel(misspelt as "cnn", request)).rejects.toThrow(/Write "cnn"/);
  const nothing: unknown = () => undefined;
  await expect(buildImageModel(nothing as ModelBuilder, request)).rejects.toThrow(/Return sequential/);
});
