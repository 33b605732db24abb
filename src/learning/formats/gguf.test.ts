// GGUF: every kind of block as the gguf package reads it, metadata, damage.

import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { decodeGguf, readGguf } from "./gguf.ts";

const golden = readGolden("gguf") as {
  readonly file: string;
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: string }>>;
};
const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const file = base64(golden.file);

test.each(Object.entries(golden.tensors))("%s is what the gguf package reads", (name, { shape, values }) => {
  const tensor = decodeGguf(file).tensors.get(name);
  expect(tensor?.shape).toEqual(shape);
  const expected = new Float32Array(base64(values).buffer);
  const numberOf = tensor?.dtype === "f16" ? decodeF16 : tensor?.dtype === "bf16" ? decodeBf16 : Number;
  expect(tensor?.data.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    // The package may add in another order: one rounding.
    expect(Math.abs(numberOf(tensor?.data[index] ?? NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23);
  }
});

test("metadata keeps its kinds", () => {
  const { metadata } = decodeGguf(file);
  expect(Object.fromEntries(metadata)).toMatchObject({
    "general.architecture": "llama",
    "general.name": "tïny",
    "a.uint32": 4_000_000_000,
    "a.int64": -(2 ** 40),
    "a.uint64": 2n ** 63n,
    "a.float32": 0.5,
    "a.float64": 0.1,
    "a.bool": true,
    "a.texts": ["a", "", "é"],
    "a.numbers": [1, -2, 3],
  });
});

test("a file on the disk is read in parts, all or some", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sinter-gguf-"));
  const path = join(folder, "model.gguf");
  await writeFile(path, file);
  expect(await readGguf(path)).toEqual(decodeGguf(file));
  const some = await readGguf(path, { isWanted: (name) => name === "scalars" });
  expect([...some.tensors.keys()]).toEqual(["scalars"]);
  await writeFile(path, file.slice(0, -40_000));
  await expect(readGguf(path)).rejects.toMatchObject({ code: "format" });
  await rm(folder, { recursive: true });
});

/** Little-endian numbers of 4 bytes, of 8 where they are bigints, and texts with their lengths. */
function forged(...parts: readonly (number | bigint | string)[]): Uint8Array {
  const bytes = parts.map((part) => {
    if (typeof part === "string") return Buffer.concat([forged(BigInt(part.length)), Buffer.from(part)]);
    const buffer = Buffer.alloc(typeof part === "bigint" ? 8 : 4);
    if (typeof part === "bigint") buffer.writeBigUInt64LE(part);
    else buffer.writeUInt32LE(part);
    return buffer;
  });
  return new Uint8Array(Buffer.concat(bytes));
}

const magic = 0x46554747;
const one = (...info: readonly (number | bigint | string)[]): Uint8Array =>
  forged(magic, 3, 1n, 0n, ...info, ...Array.from({ length: 40 }, () => 0));

test("what the forger forges is read where it is right", () => {
  expect(decodeGguf(one("a", 1, 2n, 0, 0n)).tensors.get("a")).toEqual({
    dtype: "f32",
    shape: [2],
    data: new Float32Array(2),
  });
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["version 1", forged(magic, 1, 0n, 0n)],
  ["version 4", forged(magic, 4, 0n, 0n)],
  ["2^63 tensors", forged(magic, 3, 1n << 63n, 0n)],
  ["2^40 tensors", forged(magic, 3, 1n << 40n, 0n)],
  ["2^40 values of metadata", forged(magic, 3, 0n, 1n << 40n)],
  ["a name of 2^60 bytes", forged(magic, 3, 1n, 0n, 1n << 60n)],
  ["a list of 2^50 values", forged(magic, 3, 0n, 1n, "a", 9, 4, 1n << 50n)],
  ["lists in lists without end", forged(magic, 3, 0n, 1n, "a", ...Array.from({ length: 50 }, () => [9, 9, 1n]).flat())],
  ["an unknown kind of value", forged(magic, 3, 0n, 1n, "a", 99, 0)],
  ["a key twice", forged(magic, 3, 0n, 2n, "a", 4, 1, "a", 4, 2)],
  ["an unknown type", one("a", 1, 2n, 77, 0n)],
  ["a shape that overflows", one("a", 2, 1n << 40n, 1n << 40n, 0, 0n)],
  ["a shape beyond the file", one("a", 1, 1n << 40n, 0, 0n)],
  ["rows of no whole blocks", one("a", 1, 33n, 8, 0n)],
  ["2^31 axes", one("a", 2 ** 31)],
  ["an offset beyond the file", one("a", 1, 2n, 0, 1n << 40n)],
  ["an offset that is not aligned", one("a", 1, 2n, 0, 4n)],
  [
    "an overlap",
    forged(magic, 3, 2n, 0n, "a", 1, 16n, 0, 0n, "b", 1, 16n, 0, 32n, ...Array.from({ length: 60 }, () => 0)),
  ],
  [
    "a name twice",
    forged(magic, 3, 2n, 0n, "a", 1, 8n, 0, 0n, "a", 1, 8n, 0, 32n, ...Array.from({ length: 60 }, () => 0)),
  ],
  ["an alignment of 3", forged(magic, 3, 0n, 1n, "general.alignment", 4, 3)],
  ["an alignment of 0", forged(magic, 3, 0n, 1n, "general.alignment", 4, 0)],
])("refuses %s", (_, bytes) => {
  expect(() => decodeGguf(bytes)).toThrow(expect.objectContaining({ code: "format" }));
});

test("300 damaged files are read or refused", async () => {
  const seeds = { forged: one("abc", 2, 2n, 1n, 0, 0n), golden: file };
  await surviveMutations({ seeds, count: 300, read: (bytes) => decodeGguf(bytes) });
});
