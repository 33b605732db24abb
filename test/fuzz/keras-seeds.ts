// Keras's files to be damaged: whole, and their parts inside archives whose checksums are right, so that damage gets through.

import { readFileSync } from "node:fs";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { readH5File, readKerasFile } from "#learning/formats/keras/read.ts";
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
