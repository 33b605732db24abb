// NumPy's files: .npy (one array) and .npz (a zip file of them). Arrays of objects are refused: they are pickles.

import { decodeBf16 } from "#engine/base/half.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { type ArchiveLimits, openArchive, readArchive, writeArchive } from "./archive.ts";
import { type ByteSource, readPart, withFile } from "./byte-source.ts";
import { npyHeaderBytes, type NpyHeader, type NpyItem, parseNpyHeader } from "./npy-header.ts";
import type { StoredTensor } from "./safetensors.ts";
import {
  allocateValues,
  bytesOfValues,
  countOf,
  dtypeOf,
  isDirect,
  type NumberRules,
  readValues,
  settleValues,
  storedBytes,
} from "./stored-values.ts";

/** An array of texts; in row-major order. */
export interface NpyTexts {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

export interface NpzFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Arrays of texts, such as the `__config__` that programs add. */
  readonly texts: ReadonlyMap<string, NpyTexts>;
}

const maxTexts = 2 ** 20;

/**
 * The array in the bytes of a .npy file: C or Fortran order, either byte order, versions 1.0 to 3.0. Integers of other
 * widths become i32 where they fit; float64, NumPy's default, is refused unless `float64: "round"` is given.
 * @throws format for what is no whole .npy file of numbers; objects, records, texts, dates and complex numbers
 * @source NEP 1, "A simple file format for NumPy arrays"
 */
export function decodeNpy(bytes: Uint8Array, rules: NumberRules = {}): StoredTensor {
  const array = decodeArray(bytes, "array", rules);
  if ("texts" in array) throw wrong("array", "holds texts; only a .npz file of several arrays may have some");
  return array;
}

/**
 * The arrays in the bytes of a .npz file, by their names without `.npy`.
 * @throws format for what is no zip file of .npy files; limit for more than the limits allow
 */
export function decodeNpz(bytes: Uint8Array, rules: NumberRules & ArchiveLimits = {}): NpzFile {
  const arrays = new NpzArrays(rules);
  for (const [file, entry] of readArchive(bytes, { names: "keys", ...rules })) arrays.add(file, entry.read());
  return arrays.file();
}

/** As `decodeNpz`, of a file of any size: arrays are read one by one. @throws file where there is none */
export async function readNpz(path: string, rules: NumberRules & ArchiveLimits = {}): Promise<NpzFile> {
  return await withFile(path, async (source) => {
    const arrays = new NpzArrays(rules);
    const entries = await openArchive(source, { names: "keys", ...rules });
    for (const [file, entry] of entries) arrays.add(file, await entry.read());
    return arrays.file();
  });
}

class NpzArrays {
  readonly #tensors = new Map<string, StoredTensor>();
  readonly #texts = new Map<string, NpyTexts>();
  readonly #rules: NumberRules;

  constructor(rules: NumberRules) {
    this.#rules = rules;
  }

  file(): NpzFile {
    return { tensors: this.#tensors, texts: this.#texts };
  }

  add(file: string, bytes: Uint8Array): void {
    const name = file.endsWith(".npy") ? file.slice(0, -4) : file;
    if (this.#tensors.has(name) || this.#texts.has(name)) throw wrong(name, "is there twice");
    const array = decodeArray(bytes, name, this.#rules);
    if ("texts" in array) this.#texts.set(name, array);
    else this.#tensors.set(name, array);
  }
}

/**
 * The array of a .npy file of any size, read straight into its memory.
 * @throws file where there is none; format as `decodeNpy`
 */
export async function readNpy(path: string, rules: NumberRules = {}): Promise<StoredTensor> {
  return await withFile(path, (source) => readNpySource(source, rules));
}

/** As `readNpy`, of any source. */
async function readNpySource(source: ByteSource, rules: NumberRules): Promise<StoredTensor> {
  const { name, size } = source;
  const header = parseNpyHeader(await readPart(source, 0, npyHeaderBytes), name);
  const { item, shape, fortranOrder, start } = header;
  const bytes = checkedBytes(header, size, name);
  if (item.kind !== "number") throw wrong(name, "holds texts; only a .npz file of several arrays may have some");
  if (!isDirect(item.type) || fortranOrder) {
    const stored = allocateValues("u8", bytes, name).bytes;
    await source.readInto(start, stored);
    return numbersOf(item, header, stored, name, rules);
  }
  const memory = allocateValues(item.type, bytes / storedBytes(item.type), name);
  await source.readInto(start, memory.bytes);
  settleValues(item.type, memory.bytes, item.littleEndian);
  return { dtype: item.type, shape, data: memory.data };
}

function decodeArray(bytes: Uint8Array, name: string, rules: NumberRules): StoredTensor | NpyTexts {
  const header = parseNpyHeader(bytes.subarray(0, npyHeaderBytes), name);
  checkedBytes(header, bytes.length, name);
  const values = bytes.subarray(header.start);
  if (header.item.kind === "number") return numbersOf(header.item, header, values, name, rules);
  return { shape: header.shape, texts: textsOf(header.item, header, values, name) };
}

/** Bytes of all values, which fill the rest of the file. */
function checkedBytes({ item, shape, start }: NpyHeader, size: number, name: string): number {
  const count = countOf(shape);
  const each = item.kind === "number" ? storedBytes(item.type) : item.characters * (item.wide ? 4 : 1);
  if (count === undefined || count * each !== size - start) {
    throw wrong(name, `has ${size - start} bytes of values for shape [${shape.join(", ")}]. Fetch or save it again`);
  }
  if (item.kind === "text" && count > maxTexts) throw wrong(name, `holds ${count} texts, at most ${maxTexts}`);
  return count * each;
}

function numbersOf(
  item: NpyItem & { readonly kind: "number" },
  { shape, fortranOrder }: NpyHeader,
  bytes: Uint8Array,
  name: string,
  rules: NumberRules,
): StoredTensor {
  const { type, littleEndian } = item;
  const stored = readValues(type, bytes, name, { ...rules, littleEndian });
  const data = fortranOrder ? rowMajor(stored, shape, name) : stored;
  return { dtype: dtypeOf(type), shape, data };
}

/** Values whose first axis is nearest together, as ones whose last axis is. */
function rowMajor(stored: HostArray, shape: readonly number[], name: string): HostArray {
  if (shape.filter((extent) => extent !== 1).length < 2) return stored;
  const data = allocateLike(stored, name);
  let position = 0;
  forEachRow(shape, (from, step, count) => {
    for (let index = 0; index < count; index += 1) data[position + index] = stored[from + index * step] ?? 0;
    position += count;
  });
  return data;
}

function allocateLike(stored: HostArray, name: string): HostArray {
  const dtype = stored instanceof Float32Array ? "f32" : stored instanceof Int32Array ? "i32" : undefined;
  return allocateValues(dtype ?? (stored instanceof Uint16Array ? "f16" : "u8"), stored.length, name).data;
}

/** Where each row of the last axis lies in values whose first axis is nearest together. */
function forEachRow(shape: readonly number[], visit: (from: number, step: number, count: number) => void): void {
  const steps: number[] = [];
  let total = 1;
  for (const extent of shape) {
    steps.push(total);
    total *= extent;
  }
  if (total === 0) return;
  const last = shape.length - 1;
  const place = shape.map(() => 0);
  for (;;) {
    visit(
      place.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 0), 0),
      steps[last] ?? 1,
      shape[last] ?? 1,
    );
    let axis = last - 1;
    while (axis >= 0 && place[axis] === (shape[axis] ?? 1) - 1) {
      place[axis] = 0;
      axis -= 1;
    }
    if (axis < 0) return;
    place[axis] = (place[axis] ?? 0) + 1;
  }
}

function textsOf(
  { characters, wide, littleEndian }: NpyItem & { readonly kind: "text" },
  { shape, fortranOrder }: NpyHeader,
  bytes: Uint8Array,
  name: string,
): readonly string[] {
  if (fortranOrder && shape.length > 1) throw wrong(name, "holds texts in Fortran order. Save them in C order");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = countOf(shape) ?? 0;
  const codeAt = (at: number): number => (wide ? view.getUint32(at * 4, littleEndian) : view.getUint8(at));
  return Array.from({ length: count }, (_, index) => {
    let text = "";
    for (let at = 0; at < characters; at += 1) {
      const code = codeAt(index * characters + at);
      if (code > 0x10ffff) throw wrong(name, "holds texts that are damaged. Fetch or save it again");
      text += String.fromCodePoint(code);
    }
    return text.replace(/\0+$/, "");
  });
}

const descriptions = { f32: "<f4", i32: "<i4", u8: "|u1", bool: "|b1", f16: "<f2" } as const;

/** The bytes of a .npy file, version 1.0, C order. NumPy has no bfloat16: such values become float32, exactly. */
export function encodeNpy(tensor: StoredTensor): Uint8Array<ArrayBuffer> {
  const { dtype, shape, data } = tensor.dtype === "bf16" ? widened(tensor) : tensor;
  if (data.length !== countOf(shape) || dtype === "bf16") {
    throw wrong("array", `has ${data.length} values for shape [${shape.join(", ")}]. Give as many as its shape has`);
  }
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${extents}), }`;
  // Values begin at a multiple of 64 bytes; the header ends with a line's end.
  const start = Math.ceil((11 + text.length) / 64) * 64;
  const values = bytesOfValues(dtype, data);
  const bytes = new Uint8Array(start + values.length).fill(0x20, 0, start);
  bytes.set([...magicOfVersion1, (start - 10) & 255, (start - 10) >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(values, start);
  return bytes;
}

const magicOfVersion1 = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

function widened({ shape, data }: StoredTensor): StoredTensor {
  return { dtype: "f32", shape, data: Float32Array.from(data, decodeBf16) };
}

/**
 * The bytes of a .npz file: arrays in the order given; equal tensors give equal bytes.
 * @param options `compress` deflates, as np.savez_compressed does
 * @throws format for names that no archive may have, or that are given twice
 */
export function encodeNpz(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const files = Array.from(tensors, ([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)] as const);
  return writeArchive(files, { compress, names: "keys" });
}

function wrong(name: string, what: string): SinterError {
  return new SinterError("format", `npy: "${name}" ${what}.`, { name });
}
