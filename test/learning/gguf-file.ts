// Writes small GGUF files of version 3 with f32 tensors, as tests need them.

import type { StoredTensor } from "#learning/formats/safetensors.ts";

type Value = number | string | readonly (number | string)[];

const types = { u32: 4, f32: 6, text: 8, list: 9 };

/** The bytes of a file. */
export function gguf(
  metadata: Readonly<Record<string, Value>>,
  tensors: readonly (readonly [string, StoredTensor])[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const put = (size: number, write: (view: DataView) => void): void => {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    parts.push(bytes);
  };
  const u32 = (value: number): void => put(4, (view) => view.setUint32(0, value, true));
  const u64 = (value: number): void => put(8, (view) => view.setBigUint64(0, BigInt(value), true));
  const f32 = (value: number): void => put(4, (view) => view.setFloat32(0, value, true));
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    parts.push(bytes);
  };
  const typeOf = (value: number | string): number => {
    if (typeof value === "string") return types.text;
    return Number.isInteger(value) ? types.u32 : types.f32;
  };
  const one = (value: number | string): void => {
    if (typeof value === "string") text(value);
    else if (Number.isInteger(value)) u32(value);
    else f32(value);
  };
  parts.push(new TextEncoder().encode("GGUF"));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [name, value] of Object.entries(metadata)) {
    text(name);
    if (typeof value === "number" || typeof value === "string") {
      u32(typeOf(value));
      one(value);
      continue;
    }
    u32(types.list);
    u32(typeOf(value[0] ?? 0));
    u64(value.length);
    value.forEach(one);
  }
  let offset = 0;
  for (const [name, { shape }] of tensors) {
    text(name);
    u32(shape.length);
    shape.toReversed().forEach(u64);
    u32(0);
    u64(offset);
    offset += Math.ceil((4 * shape.reduce((product, extent) => product * extent, 1)) / 32) * 32;
  }
  const before = parts.reduce((sum, { length }) => sum + length, 0);
  parts.push(new Uint8Array((32 - (before % 32)) % 32));
  for (const [, { data }] of tensors) {
    const bytes = new Uint8Array(Float32Array.from(data).buffer);
    parts.push(bytes, new Uint8Array((32 - (bytes.length % 32)) % 32));
  }
  return Uint8Array.from(Buffer.concat(parts));
}
