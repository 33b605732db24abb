// GGUF, the files of llama.cpp: metadata and tensors, quantized ones as float32.

import { byteSize } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { type ByteSource, readPart, withFile } from "./byte-source.ts";
import { type GgufEntry, type GgufHeader, type GgufValue, parseGgufHeader } from "./gguf-header.ts";
import { quantizedTensor, type QuantizedTensor } from "./quantized-tensor.ts";
import type { StoredTensor } from "./safetensors.ts";
import { allocateValues, dtypeOf, type NumberRules, readValues } from "./stored-values.ts";

export interface GgufFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** With `keepQuantized` those of Q8_0 and Q4_0; `quantizeWeights` takes them. */
  readonly quantized: ReadonlyMap<string, QuantizedTensor>;
  /** Numbers, texts, truths and lists of them by their keys: `general.architecture`, `tokenizer.ggml.tokens`. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
}

/** Which tensors are read, and how. */
export interface ReadGgufOptions extends NumberRules {
  /** Whether a tensor is read; all when left out. */
  readonly isWanted?: (name: string) => boolean;
  /** Whether tensors of Q8_0 and Q4_0 stay in their blocks, in `quantized`, in place of f32 in `tensors`; `false` by default. */
  readonly keepQuantized?: boolean;
}

const keptKinds: Readonly<Record<string, QuantizedTensor["kind"]>> = { Q8_0: "q8_0", Q4_0: "q4_0" };

/**
 * The tensors in the bytes of a GGUF file of version 2 or 3. F16 and BF16 keep their bits; Q4_0, Q4_1, Q5_0, Q5_1, Q8_0,
 * Q4_K, Q5_K and Q6_K become f32. Shapes have the outermost axis first.
 * @throws format when the file is damaged or has tensors of other types
 * @source ggml, docs/gguf.md
 */
export function decodeGguf(bytes: Uint8Array, options: ReadGgufOptions = {}): GgufFile {
  const header = parseGgufHeader(bytes, bytes.length);
  if (header === undefined) throw new SinterError("format", "gguf: it is cut off. Fetch the file again.");
  const file = new Tensors(options);
  for (const entry of header.entries) {
    if (file.isWanted(entry.name)) file.add(entry, bytes.subarray(entry.begin, entry.end));
  }
  return { tensors: file.tensors, quantized: file.quantized, metadata: header.metadata };
}

/** As `decodeGguf`, of a file of any size: tensors are read one by one. @throws file where there is none */
export async function readGguf(path: string, options: ReadGgufOptions = {}): Promise<GgufFile> {
  return await withFile(path, async (source) => {
    const { entries, metadata } = await readGgufHeader(source);
    const file = new Tensors(options);
    for (const entry of entries) {
      if (!file.isWanted(entry.name)) continue;
      const { bytes } = allocateValues("u8", entry.end - entry.begin, entry.name);
      await source.readInto(entry.begin, bytes);
      file.add(entry, bytes);
    }
    return { tensors: file.tensors, quantized: file.quantized, metadata };
  });
}

/** The header of a file of any size. @throws format when it is damaged */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  // Most headers fit into the first MiB; a vocabulary may take some.
  for (let length = 2 ** 20; ; length *= 4) {
    const bytes = await readPart(source, 0, Math.min(length, source.size));
    const header = parseGgufHeader(bytes, source.size);
    if (header !== undefined) return header;
  }
}

/** Tensors read so far. */
class Tensors {
  readonly tensors = new Map<string, StoredTensor>();
  readonly quantized = new Map<string, QuantizedTensor>();
  readonly #options: ReadGgufOptions;

  constructor(options: ReadGgufOptions) {
    this.#options = options;
  }

  isWanted(name: string): boolean {
    return this.#options.isWanted?.(name) ?? true;
  }

  add(entry: GgufEntry, bytes: Uint8Array): void {
    const kind = this.#options.keepQuantized === true ? keptKinds[entry.stored] : undefined;
    if (kind === undefined) this.tensors.set(entry.name, tensorOf(entry, bytes, this.#options));
    else this.quantized.set(entry.name, quantizedTensor(kind, entry.shape, bytes));
  }
}

function tensorOf({ name, format, shape, count }: GgufEntry, bytes: Uint8Array, rules: NumberRules): StoredTensor {
  if (format.kind === "plain") {
    return { dtype: dtypeOf(format.type), shape, data: readValues(format.type, bytes, name, rules) };
  }
  const { blocks } = format;
  const memory = allocateValues("f32", count, name);
  const data = new Float32Array(memory.bytes.buffer, 0, memory.bytes.length / byteSize("f32"));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0; block * blocks.values < count; block += 1) {
    blocks.read(view, block * blocks.bytes, data, block * blocks.values);
  }
  return { dtype: "f32", shape, data };
}
