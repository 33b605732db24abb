// safetensors: what is written is read back, and no damaged byte does more than throw.

import fc from "fast-check";
import { expect, test } from "vitest";
import { hostArray, type DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { safetensorsSeeds } from "../../../test/fuzz/container-seeds.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
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

test.each([
  [
    "a key twice",
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
  ],
  ["a key twice, once escaped", '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{}}'],
  ["a field twice", '{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}'],
  ["a metadata key twice", '{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'],
  ["a byte order mark", '\ufeff{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'],
  ["a blank before the header", ' {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'],
])("refuses %s", (_, json) => {
  expect(() => decodeSafetensors(forged(json, 4))).toThrow(expect.objectContaining({ code: "format" }));
});

test.each([
  ["I8", Int8Array.of(-128, 127, -1, 0), [-128, 127, -1, 0]],
  ["I16", Int16Array.of(-32768, 32767), [-32768, 32767]],
  ["U16", Uint16Array.of(65535, 1), [65535, 1]],
  ["U32", Uint32Array.of(2 ** 31 - 1), [2 ** 31 - 1]],
  ["I64", BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n), [-(2 ** 31), 2 ** 31 - 1]],
  ["U64", BigUint64Array.of(2n ** 31n - 1n), [2 ** 31 - 1]],
])("%s becomes i32", (dtype, values, expected) => {
  const bytes = forged({ a: entry(0, values.byteLength, [values.length], dtype) }, values.byteLength);
  bytes.set(new Uint8Array(values.buffer), bytes.length - values.byteLength);
  const tensor = decodeSafetensors(bytes).tensors.get("a");
  expect(tensor).toEqual({ dtype: "i32", shape: [values.length], data: Int32Array.from(expected) });
});

test.each([
  ["I64", BigInt64Array.of(0n, 2n ** 31n)],
  ["I64", BigInt64Array.of(0n, -(2n ** 31n) - 1n)],
  ["I64", BigInt64Array.of(0n, 2n ** 32n)],
  ["U64", BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ["U32", Uint32Array.of(0, 2 ** 31)],
])("%s beyond i32 is refused with its value and place", (dtype, values) => {
  const bytes = forged({ a: entry(0, values.byteLength, [values.length], dtype) }, values.byteLength);
  bytes.set(new Uint8Array(values.buffer), bytes.length - values.byteLength);
  expect(() => decodeSafetensors(bytes)).toThrow(`holds ${values[1]} at place 1`);
});

test("64-bit floats are rounded only where asked", () => {
  const bytes = forged({ a: entry(0, 16, [2], "F64") }, 16);
  bytes.set(new Uint8Array(Float64Array.of(0.1, 1e300).buffer), bytes.length - 16);
  expect(() => decodeSafetensors(bytes)).toThrow('{ float64: "round" }');
  expect(decodeSafetensors(bytes, { float64: "round" }).tensors.get("a")?.data).toEqual(Float32Array.of(0.1, Infinity));
});

test("a tensor of __proto__ is one like others", () => {
  const tensor: StoredTensor = { dtype: "u8", shape: [1], data: Uint8Array.of(7) };
  const bytes = encodeSafetensors([["__proto__", tensor]]);
  expect(decodeSafetensors(bytes).tensors.get("__proto__")).toEqual(tensor);
  expect("polluted" in {}).toBe(false);
});

test("a true is 1 whatever its byte is", () => {
  const bytes = forged({ a: entry(0, 3, [3], "BOOL") }, 3);
  bytes.set([0, 2, 255], bytes.length - 3);
  expect(decodeSafetensors(bytes).tensors.get("a")?.data).toEqual(Uint8Array.of(0, 1, 1));
});

test("300 damaged files are read or refused", async () => {
  await surviveMutations({ seeds: safetensorsSeeds, count: 300, read: (bytes) => decodeSafetensors(bytes) });
});

test("a file larger than memory in one piece is refused with the way out", () => {
  // Refused before the values are looked at: there are none.
  const part: StoredTensor = { dtype: "f32", shape: [2 ** 52], data: { length: 2 ** 52 } as Float32Array };
  expect(() => encodeSafetensors([["part", part]])).toThrow(
    /GiB is more than memory holds in one piece.*includeOptimizer/,
  );
});
