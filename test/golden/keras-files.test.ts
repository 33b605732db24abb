// Files that Keras saved: each layer of the table gives Keras's numbers here, compiled models learn as Keras's do.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "#entry/node.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { readArchive } from "#learning/formats/archive.ts";
import { readHdf5, type Hdf5Group } from "#learning/formats/hdf5/read.ts";
import { readH5File, readKerasFile, readWeightsFile, type DescribedModel } from "#learning/formats/keras/read.ts";
import { writeKerasFile } from "#learning/formats/keras/write.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import { modelFrom } from "#learning/train/described-model.ts";
import { allWeights } from "#learning/train/model-core.ts";
import type { Model } from "#learning/train/model.ts";
import { pagePath } from "../../scripts/compatibility.mjs";
import { unstored } from "../../scripts/compatibility-notes.mjs";
import { distance, goldenValues, read, type GoldenTensor } from "./golden.ts";

interface Case {
  readonly forms: readonly string[];
  readonly classes: readonly string[];
  readonly inputs: readonly GoldenTensor[];
  readonly outputs?: readonly GoldenTensor[];
  readonly labels?: readonly GoldenTensor[];
  readonly loss?: number;
  /** Steps done in the file. */
  readonly steps?: number;
  /** How far numbers of 16 bits may be off. */
  readonly limit?: number;
  readonly weights?: readonly GoldenTensor[];
}

const archive = readArchive(readFileSync(new URL("keras-files.zip", import.meta.url)));
const { cases }: { readonly cases: Readonly<Record<string, Case>> } = JSON.parse(
  new TextDecoder().decode(archive.get("cases.json")?.read()),
);

function decode(name: string, form: string): DescribedModel {
  const bytes = archive.get(`${name}.${form}`)?.read() ?? new Uint8Array();
  const options = { inputShape: [4, 3] };
  return form === "h5" ? readH5File(bytes, options) : readKerasFile(bytes, options);
}

function inputOf(stored: GoldenTensor): Tensor {
  const values = goldenValues(stored);
  const dtype = stored.dtype === "i32" ? Int32Array : stored.dtype === "u8" ? Uint8Array : Float32Array;
  return tensor(dtype.from(values), { shape: stored.shape });
}

async function outputsOf({ core }: Model, inputs: readonly Tensor[]): Promise<number[][]> {
  const { outputs } = applyNetwork(core.network, allWeights(core), inputs, { training: false });
  return Promise.all(outputs.map(read));
}

const plain = Object.entries(cases).filter(([, { outputs }]) => outputs !== undefined);
const files = plain.flatMap(([name, golden]) =>
  golden.forms.filter((form) => form !== "weights.h5").map((form) => ({ name, form, golden })),
);

test.each(files)("$name ($form) gives Keras's numbers", async ({ name, form, golden }) => {
  const model = modelFrom(decode(name, form));
  const outputs = await outputsOf(model, golden.inputs.map(inputOf));
  expect(outputs).toHaveLength(golden.outputs?.length ?? 0);
  golden.outputs?.forEach((expected, place) => {
    expect(distance(outputs[place] ?? [], goldenValues(expected)), `output ${place}`).toBeLessThan(
      golden.limit ?? 1e-5,
    );
  });
});

const compiled = Object.entries(cases)
  .filter(([, { loss }]) => loss !== undefined)
  .flatMap(([name, golden]) => golden.forms.map((form) => ({ name, form, golden })));

test.each(compiled)("$name ($form) goes on learning as in Keras", async ({ name, form, golden }) => {
  const model = modelFrom(decode(name, form));
  const [x] = golden.inputs.map(inputOf);
  const labels = golden.labels?.map(inputOf) ?? [];
  const logs = await model.trainOnBatch(x!, labels.length === 1 ? labels[0]! : labels);
  expect(distance([logs["loss"] ?? Number.NaN], [golden.loss ?? 0])).toBeLessThan(golden.limit ?? 2e-5);
  const weights = await Promise.all((await model.getWeights()).map(read));
  golden.weights?.forEach((expected, place) => {
    expect(distance(weights[place] ?? [], goldenValues(expected)), `weight ${place}`).toBeLessThan(
      golden.limit ?? 2e-5,
    );
  });
  expect(model.core.iterations).toBe((golden.steps ?? 0) + 1);
});

/** Every value of a .keras file's weights, by its place. */
function placed(bytes: Uint8Array): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const walk = (group: Hdf5Group, path: string): void => {
    for (const [name, member] of group.members) {
      if (member.kind === "group") walk(member, `${path}/${name}`);
      else {
        const values = member.read();
        if (values.kind === "numbers") found.set(`${path}/${name}`, Array.from(values.data));
      }
    }
  };
  walk(readHdf5(readArchive(bytes).get("model.weights.h5")?.read() ?? new Uint8Array()), "");
  return found;
}

test("a file that is read and written again has the same values in the same places", () => {
  for (const [name, { forms }] of Object.entries(cases)) {
    // Keras has no weights of a normalization whose statistics were given, and counts the samples of another.
    // Adafactor's velocity of a matrix is made of its rows and columns at each step.
    if (!forms.includes("keras") || /^(normalization|trained_adafactor)/u.test(name)) continue;
    const bytes = archive.get(`${name}.keras`)?.read() ?? new Uint8Array();
    const again = placed(writeKerasFile(readKerasFile(bytes, { inputShape: [4, 3] })));
    expect(Object.fromEntries(again), name).toEqual(Object.fromEntries(placed(bytes)));
  }
});

test("a .weights.h5 file and the weights of .h5 and .keras files fill a model of the same layers", async () => {
  const filled = modelFrom(decode("pictures", "keras"));
  const { network } = filled.core;
  const plan = { layers: decode("pictures", "keras").description.layers, isSequential: true };
  for (const form of ["weights.h5", "h5", "keras"]) {
    const bytes = archive.get(`pictures.${form}`)?.read() ?? new Uint8Array();
    const tensors = readWeightsFile(bytes, plan);
    for (const { path } of network.weights) {
      expect(Array.from(tensors.get(path)?.data ?? []), `${form} ${path}`).toEqual(
        await read(allWeights(filled.core)[path]!),
      );
    }
  }
});

test("every layer of the compatibility table is in a .keras file, which scripts/keras-round-trip.mjs takes both ways", () => {
  const kinds = new Set<string>();
  for (const { name } of files.filter(({ form }) => form === "keras")) {
    collect(decode(name, "keras").description.layers, kinds);
  }
  const page = readFileSync(pagePath, "utf8");
  const table = [...page.matchAll(/^\| `\w+`.*?\| `layers\.(\w+)` \|/gmu)].map(([, kind = ""]) => kind);
  expect(table.length).toBeGreaterThan(120);
  const missing = [...new Set(table)].filter((kind) => !kinds.has(kind) && !Object.hasOwn(unstored, kind));
  expect(missing).toEqual([]);
  expect(Object.keys(unstored).filter((kind) => kinds.has(kind))).toEqual([]);
});

test("layers that no file holds are refused by name, with the way out", () => {
  const own = [
    "lambda",
    "recompute",
    "positionEmbedding",
    "sinePositionEncoding",
    "rotaryEmbedding",
    "causalAttention",
    "classToken",
    "layerScale",
  ];
  for (const kind of own) {
    const description = { name: "n", layers: [{ kind, options: { name: "one" } }], preprocessing: {} };
    expect(() => writeKerasFile({ description, tensors: new Map() }), kind).toThrow(`Keras has no layer like ${kind}`);
  }
});

function collect(described: ConfigValue | DescribedModel["description"]["layers"], kinds: Set<string>): void {
  if (typeof described !== "object" || described === null) return;
  if ("kind" in described && typeof described["kind"] === "string") kinds.add(described["kind"]);
  for (const inner of Object.values(described)) collect(inner, kinds);
}
