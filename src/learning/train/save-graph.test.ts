// A model of an ONNX file in a folder: what it learnt comes back, its graph is ONNX still, and a folder that lies is refused.

import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { encodeF16 } from "#engine/base/half.ts";
import { tensor } from "#engine/tensor/create.ts";
import { loadOnnx } from "#learning/formats/onnx/load.ts";
import { encodeOnnxModel, type OnnxModel, type OnnxNode } from "#learning/formats/onnx/write-model.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { graphModel, onnxModel } from "./graph-model.ts";
import { loadModel } from "./load-model.ts";
import type { Model } from "./model.ts";

let root = "";
const at = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-graph-"));
  await writeFile(at("net.onnx"), encodeOnnxModel(net));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const node = (operator: string, inputs: readonly string[], output: string): OnnxNode => ({
  name: output,
  operator,
  inputs,
  outputs: [output],
  attributes: operator === "Cast" ? { to: { kind: "int", value: 1 } } : {},
});
const wide = 160;

/** y = x (large) (small) + short, of f32, f32 and f16; `large` is read in parts. */
const net: OnnxModel = {
  metadata: { made: "here" },
  graph: {
    name: "net",
    nodes: [
      node("MatMul", ["x", "a/large"], "p"),
      node("MatMul", ["p", "a.large"], "q"),
      node("Cast", ["short"], "bias"),
      node("Add", ["q", "bias"], "y"),
    ],
    initializers: [
      {
        name: "a/large",
        dtype: "f32",
        shape: [wide, wide],
        bytes: new Uint8Array(Float32Array.from({ length: wide * wide }, (_, place) => Math.sin(place) / 9).buffer),
      },
      {
        name: "a.large",
        dtype: "f32",
        shape: [wide, 1],
        bytes: new Uint8Array(Float32Array.from({ length: wide }, (_, place) => Math.cos(place) / 9).buffer),
      },
      { name: "short", dtype: "f16", shape: [1], bytes: new Uint8Array(Uint16Array.of(encodeF16(0.25)).buffer) },
    ],
    inputs: [{ name: "x", dtype: "f32", shape: ["batch", wide] }],
    outputs: [{ name: "y", dtype: "f32", shape: ["batch", 1] }],
  },
};
const x = tensor(
  Float32Array.from({ length: 3 * wide }, (_, place) => Math.sin(place * place)),
  { shape: [3, wide] },
);
const y = tensor([[1], [-1], [0.5]]);

async function trained(): Promise<Model> {
  const model = await onnxModel(at("net.onnx"));
  model.compile({ optimizer: "adam", loss: "meanSquaredError", learningRate: 0.01 });
  await model.fit(x, y, { epochs: 2, verbose: 0 });
  return model;
}
const predicted = async (model: Model): Promise<number[]> => Array.from(await (await model.predict(x)).data());

test("what it learnt comes back, and training goes on as it would have", async () => {
  const model = await trained();
  await model.save(at("net"));
  const again = await loadModel(at("net"));
  expect(await predicted(again)).toEqual(await predicted(model));
  await model.fit(x, y, { epochs: 1, verbose: 0 });
  await again.fit(x, y, { epochs: 1, verbose: 0 });
  expect(await predicted(again)).toEqual(await predicted(model));
  await again.save(at("twice"));
  expect(await predicted(await loadModel(at("twice")))).toEqual(await predicted(model));
});

test("the folder's graph is an ONNX file with the weights that were learnt, kept once", async () => {
  const model = await trained();
  await model.save(at("net"));
  const file = await readFile(at("net/model.onnx"));
  expect(file.length).toBeLessThan(2000);
  const runner = await loadOnnx(at("net/model.onnx"));
  expect(runner.metadata).toEqual({ made: "here" });
  const numbers = Array.from((await (await runner.run({ x }))["y"]?.data()) ?? []);
  const expected = await predicted(model);
  // The bias is of f16 in the graph.
  numbers.forEach((value, place) => expect(Math.abs(value - (expected[place] ?? 0))).toBeLessThan(2 ** -12));
});

test("a folder that lies is refused", async () => {
  const model = await trained();
  await model.save(at("lies"));
  const good = await readFile(at("lies/model.onnx"));
  await writeFile(
    at("lies/model.onnx"),
    good.toString("latin1").replace("model.safetensors", "../safetensors.sf"),
    "latin1",
  );
  await expect(loadModel(at("lies"))).rejects.toMatchObject({ code: "format" });
  await rm(at("lies/model.onnx"));
  await expect(loadModel(at("lies"))).rejects.toMatchObject({ code: "file" });
  await writeFile(at("lies/model.onnx"), good);
  await copyFile(at("lies/model.safetensors"), at("outside"));
  await rm(at("lies/model.safetensors"));
  await symlink(at("outside"), at("lies/model.safetensors"));
  await expect(loadModel(at("lies"))).rejects.toMatchObject({ code: "format" });
  await rm(at("lies/model.safetensors"));
  await copyFile(at("outside"), at("lies/model.safetensors"));
  const counts = await surviveMutations({
    seeds: new Map([["model.onnx", good]]),
    count: 60,
    read: async (bytes) => {
      await writeFile(at("lies/model.onnx"), bytes);
      await loadModel(at("lies"));
    },
  });
  expect(counts.numRead + counts.numRefused).toBe(60);
});

test("a graph that no ONNX file holds is refused when it is saved", async () => {
  const runner = await loadOnnx(at("net.onnx"));
  const { source: _, ...model } = runner.model;
  const made = graphModel({ ...runner, model });
  await expect(made.save(at("none"))).rejects.toThrow(/Write it by exportOnnx/);
  await made.exportOnnx(at("out.onnx"));
  expect((await predicted(await loadModel(at("out.onnx")))).length).toBe(3);
});
