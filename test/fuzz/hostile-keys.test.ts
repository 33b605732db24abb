// Names of an object's own parts as keys anywhere in a file: at every place of every description, as names of tensors, columns,
// values and entries. Whatever the reader makes of them, no object gains a property.

import "#entry/node.ts";
import { beforeAll, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { readTable } from "#learning/data/table.ts";
import { decodeModelJson, encodeModelJson } from "#learning/formats/model-json.ts";
import { decodeNpz, encodeNpz } from "#learning/formats/npy.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import { tfjsReaders } from "./tfjs-files.ts";
import type { Graph, ValueInfo } from "#learning/formats/onnx/graph.ts";
import { graphRunner } from "#learning/formats/onnx/load.ts";
import { modelFrom } from "#learning/train/described-model.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import { kerasReader } from "./keras-seeds.ts";
import { onnxSeeds, runSmall } from "./onnx-files.ts";

const names = ["__proto__", "constructor", "prototype"] as const;
const hostile = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';
const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encodeText = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(() => useDevice("js"));

/** Reads or refuses, and leaves nothing behind. */
async function survive(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof SinterError) || error.code === "bug") throw error;
  }
  const fresh: Record<string, unknown> = {};
  expect(fresh["polluted"]).toBe(undefined);
  expect(Reflect.get(Object, "polluted")).toBe(undefined);
}

/** The text with the keys in each of its objects, one after the other, and with each key in turn renamed. */
function* withHostileKeys(text: string): Generator<string> {
  for (const { index } of text.matchAll(/\{/g)) {
    const isEmpty = /^\s*\}/.test(text.slice(index + 1));
    yield `${text.slice(0, index + 1)}${hostile}${isEmpty ? "" : ","}${text.slice(index + 1)}`;
  }
  for (const { index, 0: key } of text.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)) {
    for (const name of names) yield `${text.slice(0, index)}"${name}"${text.slice(index + key.length)}`;
  }
}

/** The longest descriptions have thousands of keys: so many places of each are tried. */
const maxPlaces = 100;

async function surviveKeys(text: string, read: (bytes: Uint8Array) => unknown): Promise<number> {
  const all = [...withHostileKeys(text)];
  const every = Math.max(1, Math.ceil(all.length / maxPlaces));
  const tried = all.filter((_, index) => index % every === 0);
  for (const one of tried) await survive(() => read(encodeText(one)));
  return tried.length;
}

const described = encodeModelJson({
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
  preprocessing: { scale: 1 / 255, offset: 0, classNames: ["cat", "dog"] },
});

test("model.json", async () => {
  const read = (bytes: Uint8Array): unknown => modelFrom({ description: decodeModelJson(bytes), tensors: new Map() });
  expect(await surviveKeys(described, read)).toBeGreaterThan(30);
});

test.each(Object.entries(tfjsReaders).filter(([name]) => name !== "shard"))("TensorFlow.js: %s", async (_, reader) => {
  const seeds = reader.seeds instanceof Map ? reader.seeds : new Map(Object.entries(reader.seeds));
  for (const [seed, bytes] of [...seeds].slice(0, 6)) {
    const read = async (damaged: Uint8Array): Promise<void> => {
      await reader.run?.(await reader.read(damaged, seed));
    };
    expect(await surviveKeys(decodeText(bytes), read)).toBeGreaterThan(0);
  }
});

test("Keras's configurations", { timeout: 120_000 }, async () => {
  const { seeds, wrap, read } = kerasReader;
  for (const [seed, bytes] of seeds instanceof Map ? seeds : []) {
    if (!seed.endsWith("config.json")) continue;
    await surviveKeys(decodeText(bytes), (damaged) => read(wrap?.(damaged, seed) ?? damaged, seed));
  }
});

const tensor: StoredTensor = { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) };

test.each(names)("tensors and metadata named %s", async (name) => {
  await survive(() => {
    const metadata = Object.fromEntries([[name, "polluted"]]);
    const file = decodeSafetensors(encodeSafetensors([[name, tensor]], metadata));
    expect([...file.tensors.keys()]).toEqual([name]);
  });
  await survive(() => expect([...decodeNpz(encodeNpz([[name, tensor]])).tensors.keys()]).toEqual([name]));
});

test.each(names)("columns named %s", async (name) => {
  await survive(async () => expect((await readTable(encodeText(`${name},b\n1,2\n`))).columns.length).toBe(2));
  await survive(() => readTable(encodeText(`[{"${name}": {"polluted": 1}, "b": 2}]`)));
  await survive(() => readTable(encodeText(`{"${name}": 1, "b": 2}\n{"${name}": 3, "b": 2}\n`)));
});

test.each(names)("values of a graph named %s", async (name) => {
  const renamed = (graph: Graph, own: string): Graph => {
    const swap = (one: string): string => (one === own ? name : one);
    const infos = (list: readonly ValueInfo[]): ValueInfo[] => list.map((one) => ({ ...one, name: swap(one.name) }));
    const nodes = graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(swap),
      outputs: node.outputs.map(swap),
      attributes: new Map([...node.attributes, [name, { kind: "number" as const, value: 1 }]]),
    }));
    return { ...graph, nodes, inputs: infos(graph.inputs), outputs: infos(graph.outputs) };
  };
  for (const bytes of [...onnxSeeds.values()].slice(0, 8)) {
    const model = decodeOnnx(bytes);
    for (const { name: own } of [...model.graph.inputs, ...model.graph.outputs]) {
      await survive(() => runSmall(graphRunner({ ...model, graph: renamed(model.graph, own) })));
    }
  }
});
