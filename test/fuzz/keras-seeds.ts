// Keras's files to be damaged: whole, and their parts inside archives whose checksums are right, so that damage gets through.

import { readFileSync } from "node:fs";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { type Hdf5Group, readHdf5 } from "#learning/formats/hdf5/read.ts";
import { writeHdf5 } from "#learning/formats/hdf5/write.ts";
import { readH5File, readKerasFile } from "#learning/formats/keras/read.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { modelFrom } from "#learning/train/described-model.ts";
import type { MutatedReader } from "./mutations.ts";

const golden = readArchive(readFileSync(new URL("../golden/keras-files.zip", import.meta.url)));

function part(file: string, name: string): Uint8Array {
  return (
    readArchive(golden.get(file)?.read() ?? new Uint8Array())
      .get(name)
      ?.read() ?? new Uint8Array()
  );
}

const config = "config.json";
const own: [string, StoredTensor] = ["a", { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }];
const weights = "model.weights.h5";
const archived: readonly string[] = ["nested.keras", "masks.keras", "trained_adam.keras", "heads.keras"];
const whole: readonly string[] = ["states.h5", "trained_outputs.h5", "trained_adam.keras"];

/** Reads damaged files as models, all the way to their weights. */
export const kerasReader: Omit<MutatedReader, "count"> = {
  seeds: new Map([
    ...archived.map((file): [string, Uint8Array] => [`${file} ${config}`, part(file, config)]),
    ...archived.map((file): [string, Uint8Array] => [`${file} ${weights}`, part(file, weights)]),
    ...whole.map((file): [string, Uint8Array] => [file, golden.get(file)?.read() ?? new Uint8Array()]),
  ]),
  wrap: (contents, seed) => {
    const [file = "", name] = seed.split(" ");
    if (name === undefined) return contents;
    return writeArchive([
      [config, name === config ? contents : part(file, config)],
      [weights, name === weights ? contents : part(file, weights)],
    ]);
  },
  read: (bytes, seed) => modelFrom(/^\S+\.h5$/u.test(seed) ? readH5File(bytes) : readKerasFile(bytes)),
};

/** Bare HDF5 files: those of the same models, and one that sinter wrote. Every attribute and data set is read. */
export const hdf5Reader: Omit<MutatedReader, "count"> = {
  seeds: new Map([
    ...archived.map((file): [string, Uint8Array] => [`${file} ${weights}`, part(file, weights)]),
    ...whole
      .filter((file) => file.endsWith(".h5"))
      .map((file): [string, Uint8Array] => [file, golden.get(file)?.read() ?? new Uint8Array()]),
    ["own", writeHdf5({ members: new Map([["group", { members: new Map([own]), attributes: { name: "größe" } }]]) })],
  ]),
  read: (bytes) => readAll(readHdf5(bytes)),
};

function readAll(group: Hdf5Group): void {
  for (const values of group.attributes.values()) values();
  for (const member of group.members.values()) {
    if (member.kind === "group") readAll(member);
    else member.read();
  }
}
