// .npy and .npz: NumPy's own files of every plain type, what is written is read back, damage.

import { decodeF16 } from "#engine/base/half.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostArray } from "#engine/base/dtype.ts";
import "#entry/install-node.ts";
import { npySeeds, npzSeeds } from "../../../test/fuzz/container-seeds.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { writeArchive } from "./archive.ts";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz, readNpy, readNpz } from "./npy.ts";
import type { StoredTensor } from "./safetensors.ts";

interface ArrayCase {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const golden = readGolden("arrays") as {
  readonly cases: readonly ArrayCase[];
  readonly refused: Readonly<Record<string, string>>;
  readonly archives: Readonly<Record<"savez" | "savez_compressed", string>>;
};
const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const numbers = ({ dtype, data }: StoredTensor): number[] =>
  Array.from(data, (value) => (dtype === "f16" ? decodeF16(value) : value));

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-npy-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(golden.cases.map((item) => [item.name, item] as const))(
  "reads NumPy's %s",
  async (_, { file, shape, values }) => {
    const tensor = decodeNpy(base64(file), { float64: "round" });
    expect(tensor.shape).toEqual(shape);
    expect(numbers(tensor)).toEqual(values);
    const path = join(root, "array.npy");
    await writeFile(path, base64(file));
    expect(await readNpy(path, { float64: "round" })).toEqual(tensor);
  },
);

test.each(Object.entries(golden.refused))("refuses %s, and says why", (kind, file) => {
  const [word = ""] = kind.replace("long doubles", "another size").split(" ");
  expect(() => decodeNpy(base64(file))).toThrow(expect.objectContaining({ code: "format" }));
  expect(() => decodeNpy(base64(file))).toThrow(word);
});

test.each(Object.entries(golden.archives))("reads NumPy's %s", async (_, file) => {
  const { tensors, texts } = decodeNpz(base64(file));
  const path = join(root, "arrays.npz");
  await writeFile(path, base64(file));
  expect(await readNpz(path)).toEqual({ tensors, texts });
  await writeFile(path, base64(file).subarray(0, -30));
  await expect(readNpz(path)).rejects.toMatchObject({ code: "format" });
  expect([...tensors.keys()]).toEqual(["W", "w", "layer/bias"]);
  expect(tensors.get("w")).toEqual({ dtype: "i32", shape: [2], data: Int32Array.of(0, 1) });
  expect(tensors.get("layer/bias")?.data).toEqual(new Float32Array(300).fill(1));
  expect(texts.get("__config__")).toEqual({ shape: [], texts: ['{"é": 1}'] });
});

test("float64 is refused by default, with the way out", () => {
  const file = golden.cases.find(({ name }) => name === "<f8")?.file ?? "";
  expect(() => decodeNpy(base64(file))).toThrow('{ float64: "round" }');
});

const tensors = fc
  .record({
    dtype: fc.constantFrom("f32" as const, "i32" as const, "u8" as const, "bool" as const, "f16" as const),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    seed: fc.nat(1000),
  })
  .map(({ dtype, shape, seed }): StoredTensor => {
    const data = hostArray(
      dtype,
      shape.reduce((product, extent) => product * extent, 1),
    );
    const most = dtype === "bool" ? 2 : 250;
    for (let index = 0; index < data.length; index += 1) data[index] = (seed + index * 7919) % most;
    return { dtype, shape, data };
  });

test("decode gives what encode was given, one array or many", () => {
  fc.assert(
    fc.property(fc.array(tensors, { maxLength: 4 }), fc.boolean(), (list, compress) => {
      const named = list.map((tensor, index) => [`layer/${index}`, tensor] as const);
      expect([...decodeNpz(encodeNpz(named, { compress })).tensors]).toEqual(named);
      for (const tensor of list) {
        const bytes = encodeNpy(tensor);
        expect(decodeNpy(bytes)).toEqual(tensor);
        expect((bytes.length - tensor.data.byteLength) % 64).toBe(0);
      }
    }),
  );
});

test("bfloat16 is written as the same float32", () => {
  const tensor: StoredTensor = { dtype: "bf16", shape: [2], data: Uint16Array.of(0x3f80, 0x4049) };
  expect(decodeNpy(encodeNpy(tensor))).toEqual({ dtype: "f32", shape: [2], data: Float32Array.of(1, 3.140625) });
});

/** A file with this header and so many bytes of values. */
function forged(header: string, numBytes: number, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    ...length,
    ...text,
    ...new Uint8Array(numBytes),
  ]);
}

test.each([
  ["nothing", new Uint8Array(0)],
  ["another version", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4, 9)],
  ["a call", forged("__import__('os').system('true')", 4)],
  ["a call as value", forged("{'descr': str('<f4'), 'fortran_order': False, 'shape': (1,)}", 4)],
  ["a product", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1*1,)}", 4)],
  ["a negative extent", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 4)],
  ["an extent beyond all", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999,)}", 4)],
  ["a shape that overflows", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 4)],
  ["a key twice", forged("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4)],
  ["another key", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': True}", 4)],
  ["a key missing", forged("{'descr': '<f4', 'shape': (1,)}", 4)],
  ["text after the header", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4)],
  ["too few values", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 4)],
  ["too many values", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 8)],
  ["65 axes", forged(`{'descr': '<f4', 'fortran_order': False, 'shape': (${"1,".repeat(65)})}`, 4)],
  ["texts of 2^30 characters", forged("{'descr': '<U999999999', 'fortran_order': False, 'shape': (0,)}", 0)],
  ["a header that is cut off", forged("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 0).slice(0, 30)],
  ["texts", forged("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", 4)],
])("refuses %s", (_, bytes) => {
  expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ code: "format" }));
});

test("an archive of other files is no .npz", () => {
  expect(() => decodeNpz(writeArchive([["a.txt", new Uint8Array(3)]]))).toThrow('"a.txt" is no .npy file');
  const array = encodeNpy({ dtype: "u8", shape: [1], data: Uint8Array.of(1) });
  expect(() =>
    decodeNpz(
      writeArchive([
        ["a", array],
        ["a.npy", array],
      ]),
    ),
  ).toThrow("twice");
});

test("300 damaged files of each kind are read or refused", async () => {
  await surviveMutations({ seeds: npySeeds, count: 300, read: (bytes) => decodeNpy(bytes, { float64: "round" }) });
  const wrap = (bytes: Uint8Array): Uint8Array => writeArchive([["a.npy", bytes]]);
  await surviveMutations({ seeds: npySeeds, count: 300, wrap, read: (bytes) => decodeNpz(bytes) });
  await surviveMutations({ seeds: npzSeeds, count: 300, read: (bytes) => decodeNpz(bytes) });
});
