// What is in a file of tensors or in a model's description, in facts. Decoders bound what they read; nothing is executed.

import { byteSize, type DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { platform } from "#engine/platform/api.ts";
import { decodeModelJson, type ModelDescription } from "#learning/formats/model-json.ts";
import { decodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";

/** A tensor of a file in numbers. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Of the finite values; null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Values that are NaN or infinite. */
  readonly numNotFinite: number;
}

/** What a file holds. */
export type FileReport =
  | {
      readonly kind: "tensors";
      readonly file: string;
      readonly bytes: number;
      readonly tensors: readonly TensorFacts[];
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly kind: "model"; readonly file: string; readonly bytes: number; readonly model: ModelDescription };

/** What one buffer of Node holds. */
const maxBytes = 2 ** 31;

/**
 * The facts of a .safetensors file or a model.json.
 * @throws file when it is not there; format for another kind of file, or a damaged one; limit for one above 2 GiB
 * @example
 * const report = await inspectFile("runs/pets/model.safetensors");
 */
export async function inspectFile(file: string): Promise<FileReport> {
  const { files } = platform();
  const found = await files.stat(file);
  if (found?.kind !== "file") {
    const what = found === undefined ? "is not there" : "is no file";
    throw new SinterError("file", `"${file}" ${what}. Give a run, a .safetensors file or a model.json.`, { file });
  }
  const isTensors = file.toLowerCase().endsWith(".safetensors");
  if (!isTensors && !file.toLowerCase().endsWith(".json")) {
    throw new SinterError("format", `"${file}" is of no known kind. Give a run, a .safetensors file or a model.json.`, {
      file,
    });
  }
  if (found.bytes > maxBytes) {
    throw new SinterError("limit", `"${file}" has ${found.bytes} bytes, at most ${maxBytes} are read. Cut it first.`, {
      file,
      bytes: found.bytes,
    });
  }
  const bytes = await files.read(file);
  if (!isTensors) return { kind: "model", file, bytes: bytes.length, model: decodeModelJson(bytes) };
  const { tensors, metadata } = decodeSafetensors(bytes);
  return { kind: "tensors", file, bytes: bytes.length, metadata, tensors: Array.from(tensors, factsOf) };
}

function factsOf([name, { dtype, shape, data }]: readonly [string, StoredTensor]): TensorFacts {
  const valueOf = decoderOf(dtype);
  let [min, max, sum, numFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const stored of data) {
    const value = valueOf(stored);
    if (Number.isFinite(value)) {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      numFinite += 1;
    }
  }
  const numNotFinite = data.length - numFinite;
  const range = numFinite === 0 ? { min: null, max: null, mean: null } : { min, max, mean: sum / numFinite };
  return { name, dtype, shape, bytes: data.length * byteSize(dtype), ...range, numNotFinite };
}

/** Numbers from what a file's decoder gives: f16 and bf16 come as their bits. */
function decoderOf(dtype: DType): (stored: number) => number {
  if (dtype === "f16") return decodeF16;
  if (dtype === "bf16") return decodeBf16;
  return (stored) => stored;
}
