// Weights into TensorFlow.js's shards: values, or codes of 8 or 16 bits, one after another, cut every 4 MB.

import { SinterError } from "#engine/base/error.ts";
import { encodeF16 } from "#engine/base/half.ts";
import type { StoredTensor } from "../safetensors.ts";
import type { Quantization } from "./manifest.ts";

/** What float weights may be stored as in place of themselves. */
export const quantizations = ["float16", "uint8", "uint16"] as const;

export type TfjsQuantization = (typeof quantizations)[number];

/** As TensorFlow.js's converter cuts them. */
const shardBytes = 4 * 2 ** 20;

/** A manifest's group and its shards by name. */
export interface EncodedWeights {
  readonly manifest: readonly object[];
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

/**
 * Weights as shards.
 * @throws format for names that stand twice, types that TensorFlow.js has not, values that no code stands for
 */
export function encodeTfjsWeights(
  weights: Iterable<readonly [name: string, tensor: StoredTensor]>,
  quantization?: TfjsQuantization,
): EncodedWeights {
  const entries: object[] = [];
  const parts: Uint8Array[] = [];
  const names = new Set<string>();
  for (const [name, tensor] of weights) {
    if (names.has(name)) throw refused(name, "stands twice. Give layers names of their own");
    names.add(name);
    const { entry, bytes } = encodeWeight(name, tensor, quantization);
    entries.push(entry);
    parts.push(bytes);
  }
  const shards = cut(parts);
  const paths = shards.map((_, index) => `group1-shard${index + 1}of${shards.length}.bin`);
  return {
    manifest: [{ paths, weights: entries }],
    shards: new Map(shards.map((bytes, index) => [paths[index] ?? "", bytes])),
  };
}

function encodeWeight(
  name: string,
  { dtype, shape, data }: StoredTensor,
  quantization: TfjsQuantization | undefined,
): { entry: object; bytes: Uint8Array } {
  const plain = (type: string, values: ArrayBufferView): { entry: object; bytes: Uint8Array } => ({
    entry: { name, shape, dtype: type },
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  });
  if (dtype === "i32") return plain("int32", Int32Array.from(data));
  if (dtype === "bool") return plain("bool", Uint8Array.from(data));
  if (dtype !== "f32") throw refused(name, `is of ${dtype}, which TensorFlow.js has not. Cast it to f32`);
  if (quantization === undefined) return plain("float32", Float32Array.from(data));
  const { bytes, form } = quantization === "float16" ? halves(data) : codes(name, data, quantization);
  return { entry: { name, shape, dtype: "float32", quantization: form }, bytes };
}

function halves(data: ArrayLike<number>): { form: object; bytes: Uint8Array } {
  const bits = Uint16Array.from(data, encodeF16);
  return { form: { dtype: "float16" }, bytes: new Uint8Array(bits.buffer) };
}

/** The range of the values in equal steps; 0 stays 0 where it lies within. */
function codes(
  name: string,
  data: ArrayLike<number>,
  dtype: "uint8" | "uint16",
): { form: Quantization; bytes: Uint8Array } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? 0;
    if (!Number.isFinite(value)) throw refused(name, `has the value ${value}, which no code stands for`);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const most = dtype === "uint8" ? 255 : 65_535;
  const scale = high > low ? (high - low) / most : 1;
  const hasZero = low <= 0 && high >= 0;
  const min = data.length === 0 ? 0 : hasZero ? -Math.round(-low / scale) * scale : low;
  const code = (value: number): number => Math.min(Math.max(Math.round((value - min) / scale), 0), most);
  const form = { dtype, scale, min: min === 0 ? 0 : min };
  if (dtype === "uint8") return { form, bytes: Uint8Array.from(data, code) };
  return { form, bytes: new Uint8Array(Uint16Array.from(data, code).buffer) };
}

/** All bytes in pieces of one size, the last smaller; one piece at least. */
function cut(parts: readonly Uint8Array[]): Uint8Array[] {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const count = Math.max(Math.ceil(total / shardBytes), 1);
  const shards = Array.from(
    { length: count },
    (_, index) => new Uint8Array(Math.min(shardBytes, total - index * shardBytes)),
  );
  let at = 0;
  for (const part of parts) {
    for (let done = 0; done < part.length;) {
      const shard = shards[Math.floor(at / shardBytes)];
      const start = at % shardBytes;
      const piece = part.subarray(done, done + shardBytes - start);
      shard?.set(piece, start);
      done += piece.length;
      at += piece.length;
    }
  }
  return shards;
}

function refused(name: string, what: string): SinterError {
  return new SinterError("format", `tfjs: weight "${name.slice(0, 80)}" ${what}.`, { name });
}
