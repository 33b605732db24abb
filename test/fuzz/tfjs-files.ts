// Files of TensorFlow.js that are damaged, and how each part of them is read.

import { decodeTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
import { readTeachable } from "#learning/formats/tfjs/teachable.ts";
import { decodeTfjsWeights } from "#learning/formats/tfjs/weights.ts";
import { modelFromTfjs } from "#learning/train/tfjs-files.ts";
import graphs from "../golden/tfjs/graphs.json" with { type: "json" };
import layers from "../golden/tfjs/layers.json" with { type: "json" };
import weights from "../golden/tfjs/weights.json" with { type: "json" };
import type { MutatedReader } from "./mutations.ts";

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

/** Some operations whose attributes and shapes matter. */
const chosen = new Set(["Conv2D", "_FusedConv2D", "StridedSlice", "SplitV", "FusedBatchNormV3", "TopKV2"]);
const cases = graphs.cases.filter(({ operation }) => chosen.has(operation));

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
      return decodeTfjsGraph(
        new Map([
          ["model.json", bytes],
          ["w.bin", whole],
        ]),
      );
    },
  },
};
