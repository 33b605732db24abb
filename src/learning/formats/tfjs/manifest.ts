// The manifest of weights in TensorFlow.js's files: which weights lie in which shards, in what form. Checks it whole before
// a shard is opened.

import { isRecord } from "#engine/base/is-record.ts";
import { SinterError } from "#engine/base/error.ts";
import { faultOfName } from "../archive-names.ts";
import { countOf, type Field, isMissing, itemsOf, member, numberOf, parseJson, textOf, unfit, wrong } from "./json.ts";

/** How values are stored in place of their own type: value = code x scale + min; float16 as half precision. */
export interface Quantization {
  readonly dtype: "uint8" | "uint16" | "float16";
  readonly scale: number;
  readonly min: number;
}

/** A weight as the manifest describes it. */
export interface WeightEntry {
  readonly name: string;
  readonly dtype: "float32" | "float16" | "int32" | "uint8" | "bool" | "string";
  readonly shape: readonly number[];
  readonly size: number;
  readonly quantization: Quantization | undefined;
}

/** Shards that follow each other, and the weights that lie in them one after another. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightEntry[];
}

const maxGroups = 10_000;
const maxWeights = 100_000;
const maxRank = 32;
/** Elements of the largest tensor. */
const maxSize = 2 ** 31 - 1;
const maxNameLength = 4096;

/** Bytes of one value; of texts only the least. */
const byteSizes: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
  string: 4,
};

/** Bytes that a weight takes in its shards; of texts the least: each has its length before it. */
export function storedBytes({ size, dtype, quantization }: WeightEntry): number {
  return size * (byteSizes[quantization?.dtype ?? dtype] ?? 0);
}

/**
 * The manifest in a model.json (`weightsManifest`) or a file of its own (a list).
 * @throws format for a damaged one, a dtype that is not read, a shard that does not lie in the folder
 */
export function decodeManifest(bytes: Uint8Array, fileName: string): readonly WeightGroup[] {
  return readManifest(parseJson(bytes, fileName));
}

/** The manifest of parsed JSON. @throws format */
export function readManifest(root: Field): readonly WeightGroup[] {
  const list = isRecord(root.value) ? member(root, "weightsManifest") : root;
  if (isMissing(list)) throw unfit(list, "the list of groups of weights");
  const names = new Set<string>();
  let numWeights = 0;
  return itemsOf(list, maxGroups).map((group) => {
    const weights = itemsOf(member(group, "weights"), maxWeights).map((entry) => readWeight(entry, names));
    numWeights += weights.length;
    if (numWeights > maxWeights) throw wrong(group.path, `${numWeights} weights`, `at most ${maxWeights}`);
    return { paths: itemsOf(member(group, "paths"), maxGroups).map(shardName), weights };
  });
}

function readWeight(entry: Field, names: Set<string>): WeightEntry {
  const name = textOf(member(entry, "name"));
  if (name === "" || name.length > maxNameLength) throw unfit(member(entry, "name"), "a name");
  if (names.has(name)) throw wrong(entry.path, `a second weight "${name}"`, "each name once");
  names.add(name);
  const quantized = member(entry, "quantization");
  const dtype = readDType(member(entry, "dtype"), name);
  const quantization = isMissing(quantized) ? undefined : readQuantization(quantized, dtype);
  const shape = itemsOf(member(entry, "shape"), maxRank).map(countOf);
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size > maxSize) throw wrong(entry.path, `shape [${shape.join(", ")}]`, `at most ${maxSize} values`);
  return { name, dtype, shape, size, quantization };
}

const dtypeNames = ["float32", "float16", "int32", "uint8", "bool", "string"] as const;

function readDType(field: Field, name: string): WeightEntry["dtype"] {
  const text = textOf(field);
  const dtype = dtypeNames.find((one) => one === text);
  if (dtype !== undefined) return dtype;
  const known = dtypeNames.join(", ");
  throw new SinterError(
    "format",
    `${field.path}: weight "${name.slice(0, 80)}" is of "${text.slice(0, 40)}", which is not read; expected ${known}. Convert the model without it.`,
    { name, dtype: text },
  );
}

function readQuantization(field: Field, dtype: WeightEntry["dtype"]): Quantization {
  const kind = textOf(member(field, "dtype"));
  if (kind === "float16" && dtype === "float32") return { dtype: kind, scale: 1, min: 0 };
  if ((kind === "uint8" || kind === "uint16") && (dtype === "float32" || dtype === "int32")) {
    return { dtype: kind, scale: numberOf(member(field, "scale")), min: numberOf(member(field, "min")) };
  }
  throw wrong(
    field.path,
    `${kind.slice(0, 40)} for ${dtype}`,
    "uint8 or uint16 for float32 or int32, float16 for float32",
  );
}

/** A path below the folder of the manifest, and no address. @throws format for any other */
function shardName(field: Field): string {
  const path = textOf(field);
  const fault = faultOfName(path, "paths");
  if (fault !== undefined) throw wrong(field.path, fault, "the name of a file in the model's folder");
  return path;
}
