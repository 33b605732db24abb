// Weights of TensorFlow.js: what its own reader gives, bit for bit; what is damaged is refused before it is read.

import { expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { hostArray, type DType } from "#engine/base/dtype.ts";
import golden from "../../../../test/golden/tfjs/weights.json" with { type: "json" };
import { decodeTfjsWeights } from "./weights.ts";

const shards: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(golden.shards).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]),
);
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const manifest = encode(golden.manifest);
const dtypes: Readonly<Record<string, DType>> = { float32: "f32", int32: "i32", bool: "bool" };

test("every weight has the bits that TensorFlow.js reads, from a manifest alone or a model.json", () => {
  for (const bytes of [manifest, encode({ format: "layers-model", weightsManifest: golden.manifest })]) {
    const { tensors, texts } = decodeTfjsWeights(bytes, shards);
    expect(texts.size).toBe(0);
    expect([...tensors.keys()]).toEqual(Object.keys(golden.expected));
    for (const [name, { dtype, shape, values }] of Object.entries(golden.expected)) {
      const data = hostArray(
        dtypes[dtype] ?? "f32",
        shape.reduce((product, extent) => product * extent, 1),
      );
      new Uint8Array(data.buffer).set(Buffer.from(values, "base64"));
      const read = tensors.get(name);
      expect(read?.shape).toEqual(shape);
      expect(read?.dtype).toBe(dtypes[dtype]);
      expect(new Uint8Array(read?.data.buffer ?? new ArrayBuffer())).toEqual(new Uint8Array(data.buffer));
    }
  }
});

const one = (weight: object, paths: readonly string[] = ["a.bin"]): Uint8Array =>
  encode([{ paths, weights: [weight] }]);
const files = (count: number): ReadonlyMap<string, Uint8Array> => new Map([["a.bin", new Uint8Array(count)]]);

test("texts are kept apart", () => {
  const bytes = Uint8Array.of(2, 0, 0, 0, 0x68, 0x69, 0, 0, 0, 0);
  const read = decodeTfjsWeights(one({ name: "words", shape: [2], dtype: "string" }), new Map([["a.bin", bytes]]));
  expect(read.tensors.size).toBe(0);
  expect(read.texts.get("words")).toEqual({ shape: [2], values: [Uint8Array.of(0x68, 0x69), new Uint8Array()] });
});

test.each([
  ["complex numbers", one({ name: "a", shape: [2], dtype: "complex64" }), 16, "Convert the model without it"],
  ["a shard too short", one({ name: "a", shape: [3], dtype: "float32" }), 8, "have 8 bytes, but their weights take 12"],
  ["a shard too long", one({ name: "a", shape: [1], dtype: "int32" }), 8, "have 8 bytes, but their weights take 4"],
  [
    "a shape of many values",
    one({ name: "a", shape: [65_536, 65_536], dtype: "bool" }),
    8,
    "at most 2147483647 values",
  ],
  ["a shape without a number", one({ name: "a", shape: [1e308, 1e308, 0], dtype: "bool" }), 0, "expected a count"],
  ["texts without end", one({ name: "a", shape: [1], dtype: "string" }), 3, "weights take 4"],
  [
    "a text beyond its shard",
    one({ name: "a", shape: [1_000_000_000], dtype: "string" }),
    8,
    "weights take 4000000000",
  ],
  [
    "a name twice",
    encode([{ paths: ["a.bin"], weights: [0, 1].map(() => ({ name: "a", shape: [1], dtype: "bool" })) }]),
    2,
    "each name once",
  ],
  [
    "a scale that is none",
    one({ name: "a", shape: [1], dtype: "float32", quantization: { dtype: "uint8", scale: "1", min: 0 } }),
    1,
    "expected a number",
  ],
  [
    "codes of whole numbers in half precision",
    one({ name: "a", shape: [1], dtype: "int32", quantization: { dtype: "float16" } }),
    2,
    "float16 for float32",
  ],
  [
    "whole numbers beyond 32 bits",
    one({ name: "a", shape: [1], dtype: "int32", quantization: { dtype: "uint16", scale: 1e6, min: 0 } }),
    2,
    "passes 32 bits",
  ],
  ["no manifest", encode({ modelTopology: {} }), 0, "the list of groups of weights"],
  ["no JSON", Uint8Array.of(0x7b), 0, "JSON in UTF-8"],
  ["depth without end", new TextEncoder().encode("[".repeat(100_000)), 0, "expected at most 200"],
])("refuses %s", (_, bytes, count, reason) => {
  expect(() => decodeTfjsWeights(bytes, files(count))).toThrow(reason);
  expect(() => decodeTfjsWeights(bytes, files(count))).toThrow(expect.objectContaining({ code: "format" }));
});

test.each([
  "../a",
  "a/../../b",
  "/etc/passwd",
  "C:/a",
  "a\\..\\b",
  "http://host/a",
  "file:a",
  "a//b",
  "",
  ".",
  "a\u0000b",
])("refuses the shard %j", (path) => {
  const named = one({ name: "a", shape: [], dtype: "bool" }, [path]);
  expect(() => decodeTfjsWeights(named, new Map([[path, new Uint8Array(1)]]))).toThrow(SinterError);
});

test("keys of prototypes are names like any other", () => {
  const text =
    '[{"paths":["a.bin"],"weights":[{"name":"__proto__","shape":[1],"dtype":"bool"}],"__proto__":{"polluted":1}}]';
  const { tensors } = decodeTfjsWeights(new TextEncoder().encode(text), files(1));
  expect([...tensors.keys()]).toEqual(["__proto__"]);
  expect("polluted" in {}).toBe(false);
});
