// Weights of TensorFlow.js's files: shards and their manifest to tensors. Sizes are compared before anything is allocated.

import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { decodeF16 } from "#engine/base/half.ts";
import type { StoredTensor } from "../safetensors.ts";
import { decodeManifest, storedBytes, type Quantization, type WeightEntry, type WeightGroup } from "./manifest.ts";

/** Texts of a weight, each as its bytes. */
export interface StoredTexts {
  readonly shape: readonly number[];
  readonly values: readonly Uint8Array[];
}

/** What a manifest and its shards hold. */
export interface TfjsWeights {
  /** By name, in the manifest's order; quantized ones as the numbers that they stand for. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Weights of texts, which no tensor holds. */
  readonly texts: ReadonlyMap<string, StoredTexts>;
}

/**
 * The weights that a manifest describes.
 * @param manifest bytes of a model.json, or of a manifest in a file of its own
 * @param shards bytes by the names that the manifest gives them
 * @returns f32 for float32 (also where stored as uint8, uint16 or float16), i32, u8, bool, f16 as bits
 * @throws format for a damaged manifest, a missing shard, shards that are shorter or longer than the manifest says, complex64
 * @source tfjs-core 4.22, io/io_utils.ts: decodeWeights
 */
export function decodeTfjsWeights(manifest: Uint8Array, shards: ReadonlyMap<string, Uint8Array>): TfjsWeights {
  return decodeGroups(decodeManifest(manifest, "weights manifest"), shards);
}

/** The weights of a manifest that was read. @throws format */
export function decodeGroups(
  groups: readonly WeightGroup[],
  shards: ReadonlyMap<string, Uint8Array>,
): { readonly tensors: Map<string, StoredTensor>; readonly texts: Map<string, StoredTexts> } {
  const tensors = new Map<string, StoredTensor>();
  const texts = new Map<string, StoredTexts>();
  for (const group of groups) {
    const parts = group.paths.map((path) => shards.get(path) ?? missing(path));
    checkBytes(
      group,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    const stream = new ShardStream(parts);
    for (const weight of group.weights) {
      if (weight.dtype === "string") texts.set(weight.name, { shape: weight.shape, values: readTexts(stream, weight) });
      else tensors.set(weight.name, decodeWeight(weight, stream.take(storedBytes(weight), weight.name)));
    }
    if (stream.left > 0) throw damaged(`${stream.left} bytes of ${shardList(group)} belong to no weight`);
  }
  return { tensors, texts };
}

/** Compares what a group needs with what its shards have. @throws format */
export function checkBytes(group: WeightGroup, available: number): void {
  const needed = group.weights.reduce((sum, weight) => sum + storedBytes(weight), 0);
  const isOpen = group.weights.some(({ dtype }) => dtype === "string");
  if (needed === available || (isOpen && needed < available)) return;
  throw damaged(`${shardList(group)} have ${available} bytes, but their weights take ${needed}`);
}

function shardList({ paths }: WeightGroup): string {
  const shown = paths.slice(0, 3).map((path) => `"${path.slice(0, 80)}"`);
  return `shards ${shown.join(", ")}${paths.length > shown.length ? " …" : ""}`;
}

/** Shards read as one: bytes are copied only where a weight crosses a border. */
class ShardStream {
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  #at = 0;
  left: number;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
    this.left = parts.reduce((sum, part) => sum + part.length, 0);
  }

  take(count: number, name: string): Uint8Array {
    if (count > this.left)
      throw damaged(`weight "${name.slice(0, 80)}" ends ${count - this.left} bytes after its shards`);
    this.left -= count;
    const first = this.#rest();
    if (first.length >= count) {
      this.#at += count;
      return first.subarray(0, count);
    }
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      const part = this.#rest().subarray(0, count - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return bytes;
  }

  /** What is unread of the first shard that is not at its end; empty after the last. */
  #rest(): Uint8Array {
    for (;;) {
      const part = this.#parts[this.#part];
      if (part === undefined) return new Uint8Array();
      if (this.#at < part.length) return part.subarray(this.#at);
      this.#part += 1;
      this.#at = 0;
    }
  }
}

/** Each text has its length in 4 bytes before it. */
function readTexts(stream: ShardStream, { name, size }: WeightEntry): Uint8Array[] {
  return Array.from({ length: size }, () => {
    const length = stream.take(4, name);
    const [a = 0, b = 0, c = 0, d = 0] = length;
    return stream.take((a | (b << 8) | (c << 16) | (d << 24)) >>> 0, name).slice();
  });
}

const plainTypes: Readonly<Record<Exclude<WeightEntry["dtype"], "string">, DType>> = {
  float32: "f32",
  float16: "f16",
  int32: "i32",
  uint8: "u8",
  bool: "bool",
};

function decodeWeight({ name, dtype, shape, size, quantization }: WeightEntry, bytes: Uint8Array): StoredTensor {
  if (dtype === "string") throw damaged(`weight "${name.slice(0, 80)}" holds texts`);
  const type = plainTypes[dtype];
  const data = hostArray(type, size);
  if (quantization === undefined) copyValues(type, bytes, data);
  else if (quantization.dtype === "float16") widen(bytes, data);
  else dequantize(quantization, bytes, data, dtype === "int32" ? name : undefined);
  return { dtype: type, shape, data };
}

/** The same bytes: files and every machine that the engine runs on are little-endian. */
function copyValues(dtype: DType, bytes: Uint8Array, data: HostArray): void {
  if (dtype === "bool") data.set(bytes.map((byte) => (byte === 0 ? 0 : 1)));
  else new Uint8Array(data.buffer).set(bytes);
}

/** Every bit of NaN is kept, as all other values are. */
function widen(bytes: Uint8Array, data: HostArray): void {
  const view = viewOf(bytes);
  const words = new Uint32Array(data.buffer);
  for (let index = 0; index < data.length; index += 1) {
    const bits = view.getUint16(index * 2, true);
    const exponent = (bits >> 10) & 31;
    // Exponents count from 15 here and from 127 there; 31 and 255 are infinities and NaN.
    if (exponent === 0) data[index] = decodeF16(bits);
    else
      words[index] =
        ((bits & 0x8000) << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | ((bits & 0x3ff) << 13);
  }
}

/** @param name of a weight of whole numbers, undefined for floats */
function dequantize({ dtype, scale, min }: Quantization, bytes: Uint8Array, data: HostArray, name?: string): void {
  const numCodes = dtype === "uint8" ? 256 : 65_536;
  if (name !== undefined && Math.max(Math.abs(min), Math.abs((numCodes - 1) * scale + min)) >= 2 ** 31) {
    throw damaged(`weight "${name.slice(0, 80)}" passes 32 bits`);
  }
  const valueOf = (code: number): number => (name === undefined ? code * scale + min : Math.round(code * scale + min));
  const view = viewOf(bytes);
  if (dtype === "uint8") {
    const values = Float64Array.from({ length: numCodes }, (_, code) => valueOf(code));
    for (let index = 0; index < data.length; index += 1) data[index] = values[view.getUint8(index)] ?? 0;
    return;
  }
  for (let index = 0; index < data.length; index += 1) data[index] = valueOf(view.getUint16(index * 2, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function missing(path: string): never {
  throw new SinterError(
    "format",
    `tfjs: the manifest names the shard "${path.slice(0, 80)}", which is not there. Keep a model's files together.`,
    { path },
  );
}

function damaged(what: string): SinterError {
  return new SinterError("format", `tfjs: ${what}. A file is damaged or of another model; fetch or convert it again.`);
}
