// Layers-models that TensorFlow.js wrote: its numbers here; written again, its own reader's weights; Teachable Machine.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { tensor } from "#engine/tensor/create.ts";
import { writeArchive } from "#learning/formats/archive.ts";
import { layers as make } from "#learning/nn/layers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { modelFromTfjs, saveTfjs, tfjsFiles } from "#learning/train/tfjs-files.ts";
import golden from "./tfjs/layers.json" with { type: "json" };

installPlatform(createNodePlatform());
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-tfjs-"));
});
afterAll(() => rm(folder, { recursive: true }));

type Case = (typeof golden.cases)[keyof typeof golden.cases];
const cases: [name: string, one: Case][] = Object.entries(golden.cases);

function filesOf(one: Case): Map<string, Uint8Array> {
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const weights = new Uint8Array(Buffer.from(one.weights, "base64"));
  const files = new Map([
    ["model.json", encode(one.description)],
    ["weights.bin", weights],
  ]);
  if ("metadata" in one) files.set("metadata.json", encode(one.metadata));
  return files;
}

function floats({ base64 }: { readonly base64: string }): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
}

/** Bytes become what the model takes, as its preprocessing says. */
function inputOf(one: Case, model: Model): Float32Array {
  const { rescale } = model.preprocessing;
  const { scale = 1, offset = 0 } = typeof rescale === "object" ? rescale : { scale: rescale ?? 1 };
  return floats(one.input).map((value) => value * scale + offset);
}

/** The greatest distance, relative to the scale of what is expected. */
async function distance(one: Case, model: Model): Promise<number> {
  const given = await model.predict(tensor(inputOf(one, model), { shape: one.input.shape }));
  expect(given.shape).toEqual(one.output.shape);
  const [came, expected] = [await given.data(), floats(one.output)];
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - (came[index] ?? Number.NaN)))) / scale;
}

test.each(cases)("%s gives the numbers of TensorFlow.js", async (_, one) => {
  expect(await distance(one, modelFromTfjs(filesOf(one)))).toBeLessThan(1e-5);
});

test.each(cases)("%s is written as TensorFlow.js wrote it: the same weights under the same names", async (_, one) => {
  const model = modelFromTfjs(filesOf(one), { compile: false });
  const written = await tfjsFiles(model);
  const description: Case["description"] = JSON.parse(new TextDecoder().decode(written.get("model.json")));
  const names = (from: Case["description"]): string[] =>
    from.weightsManifest
      .flatMap(({ weights }) => weights.map(({ name }) => name))
      // What the optimizer keeps.
      .filter((name) => name !== "iter")
      .toSorted();
  expect(names(description)).toEqual(names(one.description));
  expect(await distance(one, modelFromTfjs(written))).toBeLessThan(1e-5);
});

test("a folder and its model.json load alike; what is saved there loads again, with fewer bits too", async () => {
  const one = golden.cases.pictures;
  const path = join(folder, "pictures");
  await saveTfjs(modelFromTfjs(filesOf(one)), path);
  expect(await distance(one, await loadModel(path))).toBeLessThan(1e-5);
  expect(await distance(one, await loadModel(join(path, "model.json")))).toBeLessThan(1e-5);
  for (const [quantization, bound] of [
    ["float16", 3e-3],
    ["uint16", 1e-4],
    ["uint8", 3e-2],
  ] as const) {
    await saveTfjs(modelFromTfjs(filesOf(one)), `${path}-${quantization}`, { quantization });
    expect(await distance(one, await loadModel(`${path}-${quantization}`))).toBeLessThan(bound);
  }
});

test("a project of Teachable Machine knows its classes and pictures, as a folder and as an archive", async () => {
  const one = golden.cases.teachable;
  const path = join(folder, "project.zip");
  await writeFile(path, writeArchive([...filesOf(one)]));
  const model = await loadModel(path);
  expect(model.preprocessing).toEqual({
    rescale: { scale: 1 / 127, offset: -1 },
    imageSize: [16, 16],
    classNames: ["cup", "no cup"],
  });
  expect(await distance(one, model)).toBeLessThan(1e-5);
  // It was compiled; training goes on here.
  const x = tensor(inputOf(one, model), { shape: one.input.shape });
  await model.trainOnBatch(x, tensor([[1, 0]]));
  const copy = join(folder, "copy");
  await saveTfjs(model, copy);
  expect((await loadModel(copy)).preprocessing).toEqual(model.preprocessing);
});

test.each([
  ["a layer", [make.groupNormalization({ groups: 1, inputShape: [4, 4, 2] })], "no layer like groupNormalization"],
  ["an activation", [make.dense({ units: 1, activation: "hardSwish", inputShape: [2] })], 'no activation "hardSwish"'],
  ["a gate", [make.gru({ units: 1, inputShape: [2, 2] })], "gru without resetAfter: true only"],
  [
    "groups",
    [make.conv2d({ filters: 2, kernelSize: 1, groups: 2, inputShape: [2, 2, 2] })],
    "conv2d without groups only",
  ],
] as const)("refuses %s that TensorFlow.js has not", async (_, layers, reason) => {
  await expect(tfjsFiles(sequential(layers))).rejects.toThrow(reason);
});

test("a weight that is missing, and a layer that is not known, are named", () => {
  const one = golden.cases.sequence;
  const changed = (from: string, to: string): ReadonlyMap<string, Uint8Array> => {
    const text = JSON.stringify(one.description).replaceAll(from, to);
    return filesOf({ ...one, description: JSON.parse(text) });
  };
  expect(() => modelFromTfjs(changed("classes/kernel", "classes/colonel"))).toThrow(
    'layer "classes" has no weight "kernel"',
  );
  expect(() => modelFromTfjs(changed('"Dense"', '"Lambda"'))).toThrow("Lambda");
});
