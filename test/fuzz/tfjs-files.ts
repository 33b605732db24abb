// Files of TensorFlow.js that are damaged, and how each part of them is read.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { decodeTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
import { computed, type Value } from "#learning/formats/onnx/value.ts";
import { readTeachable } from "#learning/formats/tfjs/teachable.ts";
import { decodeTfjsWeights } from "#learning/formats/tfjs/weights.ts";
import { modelFromTfjs } from "#learning/train/tfjs-files.ts";
import graphs from "../golden/tfjs/graphs.json" with { type: "json" };
import layers from "../golden/tfjs/layers.json" with { type: "json" };
import weights from "../golden/tfjs/weights.json" with { type: "json" };
import { type Stored, tensorOf } from "../golden/tfjs-values.ts";
import type { MutatedReader } from "./mutations.ts";
import { runSmall, smallLimits } from "./onnx-files.ts";
import { type RealFiles, realFiles } from "./real-files.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const decode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const { sequence, pictures, teachable } = layers.cases;
const wholes = { sequence, pictures, teachable };
const shards: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(weights.shards).map(([name, text]) => [name, decode(text)]),
);

/** Descriptions of layers-models, and what else their folders hold. */
const descriptions = Object.entries(wholes).map(([name, { description }]) => [name, encode(description)] as const);
const shardOf = new Map(Object.entries(wholes).map(([name, one]) => [name, decode(one.weights)]));

/** One for each operation. */
const { cases } = graphs;

function valuesOfCase(inputs: Readonly<Record<string, Stored>>): Value[] {
  return Object.values(inputs).map((stored) => {
    const value = tensorOf(stored);
    return computed(value.dtype, value);
  });
}

type Reader = Omit<MutatedReader, "count">;

/** Each with the files that it reads; the rest of a folder is whole. */
export const tfjsReaders: Readonly<Record<string, Reader>> = {
  manifest: {
    seeds: { manifest: encode(weights.manifest) },
    read: (bytes) => decodeTfjsWeights(bytes, shards),
  },
  "layers-model": {
    seeds: new Map(descriptions),
    read: (bytes, seed) => {
      const weightsOf = shardOf.get(seed) ?? new Uint8Array();
      return modelFromTfjs(
        new Map([
          ["model.json", bytes],
          ["weights.bin", weightsOf],
        ]),
      );
    },
  },
  shard: {
    seeds: shardOf,
    read: (bytes, seed) => {
      const description = descriptions.find(([name]) => name === seed)?.[1] ?? new Uint8Array();
      return decodeTfjsWeights(description, new Map([["weights.bin", bytes]]));
    },
  },
  metadata: { seeds: { metadata: encode(teachable.metadata) }, read: readTeachable },
  "graph-model": {
    seeds: new Map(cases.map(({ description }, place) => [String(place), encode(description)])),
    read: (bytes, seed) => {
      const whole = decode(cases[Number(seed)]?.weights ?? "");
      const files = new Map([
        ["model.json", bytes],
        ["w.bin", whole],
      ]);
      const runner = decodeTfjsGraph(files, smallLimits);
      const inputs: Readonly<Record<string, Stored>> = cases[Number(seed)]?.inputs ?? {};
      return () => runSmall(runner, valuesOfCase(inputs));
    },
    run: async (run) => {
      if (typeof run === "function") await run();
    },
  },
};

/** The files beside a real description: those whose names begin as its own, or all of a folder of one model. */
function shardsBeside(path: string): ReadonlyMap<string, Uint8Array> {
  const found = shardsOfReal.get(path);
  if (found !== undefined) return found;
  const [folder, own] = [join(".data", dirname(path)), basename(path)];
  const stem = own === "model.json" ? "" : own.replace(/(?:-weights_manifest)?\.json$/, "");
  const names = readdirSync(folder).filter((name) => name.startsWith(stem) && !/\.(?:json|complete)$/.test(name));
  const shards = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  shardsOfReal.set(path, shards);
  return shards;
}

const shardsOfReal = new Map<string, ReadonlyMap<string, Uint8Array>>();

const beside = (bytes: Uint8Array, path: string): Map<string, Uint8Array> =>
  new Map([...shardsBeside(path), ["model.json", bytes]]);

/** Real descriptions, each with the shards that it was published with. */
export const tfjsReal: Readonly<
  Record<string, { readonly files: RealFiles; readonly reader: Pick<MutatedReader, "read"> }>
> = {
  "real manifests": {
    files: realFiles(/^face-api\/.*\.json$/),
    reader: { read: (bytes, path) => decodeTfjsWeights(bytes, shardsBeside(path)) },
  },
  "real layers-models": {
    files: realFiles(/^(?:esrgan-slim|nsfwjs)\/.*\.json$/),
    reader: { read: (bytes, path) => modelFromTfjs(beside(bytes, path)) },
  },
  "real graph-models": {
    files: realFiles(/^human-models\/.*\.json$/),
    reader: { read: (bytes, path) => decodeTfjsGraph(beside(bytes, path)) },
  },
};
