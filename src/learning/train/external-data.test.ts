// ONNX files whose weights lie in a file beside them: on request, and where one file would be too large for any reader.

import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import type { ExternalPlace } from "#learning/formats/onnx/graph.ts";
import { encodeOnnxFiles, type OnnxModel } from "#learning/formats/onnx/write-model.ts";
import { layers } from "#learning/nn/layers.ts";
import { loadModel } from "./load-model.ts";
import { sequential, type Model } from "./model.ts";

let root = "";
const at = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-external-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const x = tensor(
  Float32Array.from({ length: 2 * 64 }, (_, place) => Math.sin(place)),
  { shape: [2, 64] },
);
const predicted = async (model: Model): Promise<number[]> => Array.from(await (await model.predict(x)).data());

test("large weights lie beside the file, each at the begin of a page, and are read again", async () => {
  const net = sequential([
    layers.dense({ units: 64, inputShape: [64], activation: "tanh" }),
    layers.dense({ units: 32 }),
  ]);
  net.build([64]);
  await net.exportOnnx(at("net.onnx"), { externalData: true });
  expect((await readdir(root)).toSorted()).toEqual(["net.onnx", "net.onnx.data"]);
  expect((await stat(at("net.onnx"))).size).toBeLessThan(2000);
  expect((await stat(at("net.onnx.data"))).size).toBe(4 * (64 * 64 + 64 * 32));
  const again = await predicted(await loadModel(at("net.onnx")));
  const expected = await predicted(net);
  again.forEach((value, place) => expect(value).toBeCloseTo(expected[place] ?? 0, 5));
  await expect(net.exportOnnx(at("net.onnx"), { ...JSON.parse(`{ "externalData": 1 }`) })).rejects.toMatchObject({
    code: "option",
  });
});

test("a model beyond 2 GiB gets two files by itself, unless it is told not to", () => {
  // One GiB of zeros, of which nothing is written or copied here.
  const bytes = new Uint8Array(2 ** 30);
  const shape = [2 ** 14, 2 ** 14];
  const model: OnnxModel = {
    metadata: {},
    graph: {
      name: "large",
      nodes: [],
      initializers: ["a", "b", "c"].map((name) => ({ name, dtype: "f32", shape, bytes })),
      inputs: [],
      outputs: [],
    },
  };
  expect(() => encodeOnnxFiles(model, "large.onnx.data", false)).toThrow(/externalData: true/);
  const { model: written, data } = encodeOnnxFiles(model, "large.onnx.data", undefined);
  expect(data?.map(({ length }) => length)).toEqual([2 ** 30, 2 ** 30, 2 ** 30]);
  const places: ExternalPlace[] = [];
  decodeOnnx(written, (place) => {
    places.push(place);
    return undefined;
  });
  expect(places).toEqual(
    [0, 1, 2].map((place) => ({ location: "large.onnx.data", offset: place * 2 ** 30, length: 2 ** 30 })),
  );
});
