// The long run of damaged container files: 10,000 a reader, and a hundred of the large real ones; safetensors, .npy and .npz also
// from disk, where the tensors are read one by one. `npm test` runs 300 of each beside the readers.
// npm run fuzz -- containers.fuzz | grep '^|'

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import "#entry/install-node.ts";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { decodeGguf } from "#learning/formats/gguf.ts";
import { decodeNpy, decodeNpz, readNpy } from "#learning/formats/npy.ts";
import { decodePyTorch } from "#learning/formats/pytorch.ts";
import { recognizeBytes } from "#learning/formats/recognize.ts";
import { decodeSafetensors } from "#learning/formats/safetensors.ts";
import { readSafetensors } from "#learning/formats/safetensors-files.ts";
import { readGolden } from "../golden/golden.ts";
import { npySeeds, npzSeeds, pytorchSeeds, safetensorsSeeds } from "./container-seeds.ts";
import { forgedArchive, utf8 } from "./forged-archive.ts";
import { longRun } from "./long-run.ts";
import type { MutatedReader } from "./mutations.ts";
import { type RealFiles, realFiles } from "./real-files.ts";

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

interface Container {
  readonly reader: Omit<MutatedReader, "count">;
  readonly real?: RealFiles;
}

/** Readers; those that `wrap` damage contents that a checksum would protect. */
const containers: Readonly<Record<string, Container>> = {
  archives: {
    reader: { seeds: archives, read: (bytes) => [...readArchive(bytes).values()].map((entry) => entry.read()) },
    real: realFiles(/\.npz$/),
  },
  safetensors: {
    reader: { seeds: safetensorsSeeds, read: (bytes) => decodeSafetensors(bytes, rules) },
    real: realFiles(/\.safetensors$/),
  },
  npy: { reader: { seeds: npySeeds, read: (bytes) => decodeNpy(bytes, rules) }, real: realFiles(/\.npy$/) },
  npz: { reader: { seeds: npzSeeds, read: (bytes) => decodeNpz(bytes, rules) }, real: realFiles(/\.npz$/) },
  "npz contents": {
    reader: {
      seeds: npySeeds,
      wrap: (bytes) => writeArchive([["a.npy", bytes]]),
      read: (bytes) => decodeNpz(bytes, rules),
    },
  },
  "pytorch files": {
    reader: { seeds: pytorchSeeds.whole, read: (bytes) => decodePyTorch(bytes, rules) },
    real: realFiles(/\.(?:pth|tar)$/, 2 ** 25),
  },
  "pytorch pickles": {
    reader: {
      seeds: pytorchSeeds.pickles,
      wrap: (pickle) => writeArchive([["x/data.pkl", pickle], ...pytorchSeeds.storages], { names: "keys" }),
      read: (bytes) => decodePyTorch(bytes, rules),
    },
  },
  gguf: { reader: { seeds: gguf, read: (bytes) => decodeGguf(bytes, rules) }, real: realFiles(/\.gguf$/) },
  "whatever it is": {
    reader: {
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
    real: realFiles(/\.(?:onnx|npz|hdf5|pth|tar|parquet|csv|json)$/, 2 ** 20),
  },
};

test.each(Object.entries(containers))("10,000 damaged files: %s", async (name, { reader, real }) => {
  await longRun(name, reader, real);
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sinter-fuzz-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Seeds = MutatedReader["seeds"];
const fromDisk: readonly (readonly [name: string, seeds: Seeds, read: (path: string) => unknown, real: RealFiles])[] = [
  ["safetensors", safetensorsSeeds, (path) => readSafetensors(path, rules), realFiles(/\.safetensors$/)],
  ["npy", npySeeds, (path) => readNpy(path, rules), realFiles(/\.npy$/)],
];

test.each(fromDisk)("10,000 damaged files from disk: %s", async (name, seeds, read, real) => {
  const path = join(folder, `damaged.${name}`);
  const readBytes = (bytes: Uint8Array): unknown => {
    writeFileSync(path, bytes);
    return read(path);
  };
  await longRun(`${name}, from disk`, { seeds, read: readBytes }, real);
});
