// safetensors: what is written is read back, and no damaged byte does more than throw.

import fc from "fast-check";
import { expect, test } from "vitest";
import { hostArray, type DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

const dtypes: readonly DType[] = ["f32", "i32", "u8", "bool", "f16", "bf16"];

const storedTensor = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    seed: fc.integer(),
  })
  .map(({ dtype, shape, seed }): StoredTensor => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = hostArray(dtype, size);
    const most = dtype === "bool" ? 2 : 250;
    for (let index = 0; index < size; index += 1) data[index] = Math.abs((seed * 31 + index * 7919) % most);
    return { dtype, shape, data };
  });

const file = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 12 }), storedTensor, { maxKeys: 5, noNullPrototype: true })
  .filter((tensors) => !Object.hasOwn(tensors, "__metadata__") && !Object.hasOwn(tensors, "__proto__"))
  .map((tensors) => encodeSafetensors(Object.entries(tensors), { made: "by a test" }));

test("decode gives what encode was given, in any order of bytes", () => {
  fc.assert(
    fc.property(fc.array(storedTensor, { maxLength: 5 }), (list) => {
      const tensors = list.map((tensor, index) => [`layer/${index}`, tensor] as const);
      const decoded = decodeSafetensors(encodeSafetensors(tensors, { name: "näme" }));
      expect([...decoded.tensors]).toEqual(tensors);
      expect(decoded.metadata).toEqual({ name: "näme" });
    }),
  );
});

test("equal tensors give equal bytes, values begin at a multiple of 8", () => {
  const tensor: StoredTensor = { dtype: "f32", shape: [2], data: Float32Array.of(1.5, -2) };
  const bytes = encodeSafetensors([["a", tensor]]);
  expect(encodeSafetensors([["a", tensor]])).toEqual(bytes);
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(header % 8).toBe(0);
  expect(new Float32Array(bytes.slice(8 + header).buffer)).toEqual(Float32Array.of(1.5, -2));
});

test("floats keep every bit, NaN and -0 too", () => {
  const bits = Int32Array.of(0x7fc00001, 0x80000000 | 0, 0x00000001, 0x7f800000);
  const data = new Float32Array(bits.buffer);
  const { tensors } = decodeSafetensors(encodeSafetensors([["x", { dtype: "f32", shape: [4], data }]]));
  const read = tensors.get("x")?.data;
  expect(read?.[0]).toBeNaN();
  expect(Object.is(read?.[1], -0)).toBe(true);
  expect(read?.[2]).toBe(data[2]);
  expect(read?.[3]).toBe(Number.POSITIVE_INFINITY);
});

/** A file with this header and so many bytes of values. */
function forged(header: unknown, numBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + numBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = "F32"): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

test.each<[string, Uint8Array]>([
  ["nothing", new Uint8Array(0)],
  ["seven bytes", new Uint8Array(7)],
  ["a header beyond the end", Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123)],
  ["a header of 2^63 bytes", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123)],
  ["no JSON", forged("{", 0)],
  ["a list", forged([], 0)],
  ["null", forged("null", 0)],
  ["no UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff)],
  ["an overlap", forged({ a: entry(0, 8), b: entry(4, 12) }, 12)],
  ["a hole", forged({ a: entry(0, 4), b: entry(8, 12) }, 12)],
  ["bytes of no tensor", forged({ a: entry(0, 4) }, 8)],
  ["values beyond the end", forged({ a: entry(0, 8) }, 4)],
  ["offsets the wrong way", forged({ a: entry(4, 0, []) }, 4)],
  ["more shape than bytes", forged({ a: entry(0, 4, [2]) }, 4)],
  ["a product that overflows", forged({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4)],
  ["a negative extent", forged({ a: entry(0, 4, [-1, -1]) }, 4)],
  ["half an element", forged({ a: entry(0, 4, [0.5, 2]) }, 4)],
  ["an unknown dtype", forged({ a: entry(0, 8, [1], "F64") }, 8)],
  ["a dtype that is no text", forged({ a: entry(0, 4, [1], 7) }, 4)],
  ["metadata that is no text", forged({ __metadata__: { a: 1 } }, 0)],
  ["an entry that is a text", forged({ a: "F32" }, 0)],
])("refuses %s", (_, bytes) => {
  expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: "format" }));
});

test("a file cut short or with a changed byte is read or refused, never worse", () => {
  fc.assert(
    fc.property(file, fc.nat(), fc.nat(255), fc.boolean(), (bytes, place, value, isCut) => {
      const damaged = isCut ? bytes.slice(0, place % (bytes.length + 1)) : bytes.slice();
      if (!isCut && damaged.length > 0) damaged[place % damaged.length] = value;
      try {
        const { tensors } = decodeSafetensors(damaged);
        const total = [...tensors.values()].reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
        expect(total).toBeLessThanOrEqual(damaged.length);
      } catch (error) {
        expect(error).toBeInstanceOf(SinterError);
      }
    }),
    { numRuns: 300 },
  );
});
