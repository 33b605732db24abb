// The long run of damaged container files: 10,000 a reader. `npm test` runs 300 of each beside the readers.

import { test } from "vitest";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { decodeGguf } from "#learning/formats/gguf.ts";
import { decodeNpy, decodeNpz } from "#learning/formats/npy.ts";
import { decodePyTorch } from "#learning/formats/pytorch.ts";
import { recognizeBytes } from "#learning/formats/recognize.ts";
import { decodeSafetensors } from "#learning/formats/safetensors.ts";
import { readGolden } from "../golden/golden.ts";
import { npySeeds, npzSeeds, pytorchSeeds, safetensorsSeeds } from "./container-seeds.ts";
import { forgedArchive, utf8 } from "./forged-archive.ts";
import { type MutatedReader, surviveMutations } from "./mutations.ts";

const files: readonly (readonly [string, Uint8Array])[] = [
  ["config.json", utf8('{"a":[1,2,3]}')],
  ["data/0", new Uint8Array(3000).map((_, index) => index % 7)],
];
const archives = {
  stored: writeArchive(files, { alignment: 64 }),
  deflated: writeArchive(files, { compress: true }),
  wide: forgedArchive([{ name: "x", deflate: true, contents: utf8("y".repeat(500)) }], { zip64: {} }),
};
const gguf = { golden: new Uint8Array(Buffer.from((readGolden("gguf") as { readonly file: string }).file, "base64")) };
const rules = { float64: "round" } as const;

/** Readers; those that `wrap` damage contents that a checksum would protect. */
const readers: Readonly<Record<string, Omit<MutatedReader, "count">>> = {
  archives: {
    seeds: archives,
    read: (bytes) => [...readArchive(bytes).values()].map((entry) => entry.read()),
  },
  safetensors: { seeds: safetensorsSeeds, read: (bytes) => decodeSafetensors(bytes, rules) },
  npy: { seeds: npySeeds, read: (bytes) => decodeNpy(bytes, rules) },
  npz: { seeds: npzSeeds, read: (bytes) => decodeNpz(bytes, rules) },
  "npz contents": {
    seeds: npySeeds,
    wrap: (bytes) => writeArchive([["a.npy", bytes]]),
    read: (bytes) => decodeNpz(bytes, rules),
  },
  "pytorch files": { seeds: pytorchSeeds.whole, read: (bytes) => decodePyTorch(bytes, rules) },
  "pytorch pickles": {
    seeds: pytorchSeeds.pickles,
    wrap: (pickle) => writeArchive([["x/data.pkl", pickle], ...pytorchSeeds.storages], { names: "keys" }),
    read: (bytes) => decodePyTorch(bytes, rules),
  },
  gguf: { seeds: gguf, read: (bytes) => decodeGguf(bytes, rules) },
  "whatever it is": {
    seeds: {
      ...archives,
      ...safetensorsSeeds,
      ...npzSeeds,
      ...gguf,
      table: utf8("a,b\n1,2\n"),
      json: utf8('{"weight_map":{}}'),
    },
    read: (bytes) => recognizeBytes(bytes),
  },
};

test.each(Object.entries(readers))("10,000 damaged files: %s", async (_, reader) => {
  await surviveMutations({ ...reader, count: 10_000, first: 1000 });
});
