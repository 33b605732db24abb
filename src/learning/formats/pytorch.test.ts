// .pt and .pth: what PyTorch wrote is read as PyTorch reads it; what would execute something is refused.

import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { pytorchSeeds } from "../../../test/fuzz/container-seeds.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { writeArchive } from "./archive.ts";
import { decodePyTorch, readPyTorch } from "./pytorch.ts";
import type { StoredTensor } from "./safetensors.ts";

interface TorchCase {
  readonly name: string;
  readonly file: string;
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
}

const golden = readGolden("pytorch") as {
  readonly cases: readonly TorchCase[];
  readonly refused: Readonly<Record<string, string>>;
};
const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const numbers = ({ dtype, data }: StoredTensor): number[] =>
  Array.from(data, (value) => (dtype === "f16" ? decodeF16(value) : dtype === "bf16" ? decodeBf16(value) : value));

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "sinter-pytorch-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The path of a file. */
function written(file: string): string {
  const path = join(folder, "model.pt");
  writeFileSync(path, base64(file));
  return path;
}

test.each(golden.cases.map((item) => [item.name, item] as const))(
  "reads %s as PyTorch does",
  async (_, { file, tensors }) => {
    const read = decodePyTorch(base64(file), { float64: "round" });
    expect(await readPyTorch(written(file), { float64: "round" })).toEqual(read);
    const found = Object.fromEntries(
      Array.from(read.tensors, ([name, tensor]) => [name, { shape: tensor.shape, values: numbers(tensor) }]),
    );
    expect(found).toEqual(tensors);
  },
);

test("plain values are kept beside the tensors", () => {
  const file = (name: string): Uint8Array => base64(golden.cases.find((item) => item.name === name)?.file ?? "");
  const { values } = decodePyTorch(file("a checkpoint"));
  expect(Object.fromEntries(values)).toMatchObject({ epoch: 3, best: 0.25, name: "é", done: true, none: null });
  expect(values.get("optimizer.param_groups.0.lr")).toBe(0.001);
  const whole = decodePyTorch(file("whole numbers, legacy")).values;
  expect(Object.fromEntries(whole)).toEqual({ large: 2 ** 40, larger: 2n ** 70n, negative: -5, long: -(2 ** 31) - 1 });
});

test("tensors that are one in the file are one", async () => {
  const file = golden.cases.find(({ name }) => name === "views")?.file ?? "";
  for (const { tensors } of [decodePyTorch(base64(file)), await readPyTorch(written(file))]) {
    expect(tensors.get("tied")?.data).toBe(tensors.get("tied again")?.data);
  }
});

test("float64 is refused by default, with the way out", () => {
  const file = golden.cases.find(({ name }) => name === "dtypes")?.file ?? "";
  expect(() => decodePyTorch(base64(file))).toThrow('{ float64: "round" }');
});

test.each(Object.entries(golden.refused))("refuses %s", async (_, file) => {
  await expect(readPyTorch(written(file))).rejects.toThrow(/state dict/);
  expect(() => decodePyTorch(base64(file))).toThrow(expect.objectContaining({ code: "format" }));
  expect(() => decodePyTorch(base64(file))).toThrow(/state dict/);
});

test("a whole module and TorchScript say how to save what is read", () => {
  const { refused } = golden;
  expect(() => decodePyTorch(base64(refused["a whole module"] ?? ""))).toThrow("torch.save(model.state_dict(), PATH)");
  expect(() => decodePyTorch(base64(refused["TorchScript"] ?? ""))).toThrow("torch.jit.load");
});

/** A zip file with this pickle and one storage of 4 floats. */
function forged(...parts: readonly (string | readonly number[])[]): Uint8Array {
  const pickle = parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part));
  return writeArchive([
    ["x/data.pkl", Uint8Array.from([0x80, 2, ...pickle])],
    ["x/data/0", new Uint8Array(16)],
  ]);
}

/** A tensor of the storage: offset, sizes and strides. */
function view(offset: string, size: string, stride: string): Uint8Array {
  const storage = "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0004tQ";
  return forged(`ctorch._utils\n_rebuild_tensor_v2\n(${storage}${offset}(${size}t(${stride}tI00\n}tR.`);
}

test("what the forger forges is read where it is right", () => {
  const bytes = view("K\u0000", "K\u0002K\u0002", "K\u0001K\u0002");
  expect(decodePyTorch(bytes).tensors.get("")).toEqual({ dtype: "f32", shape: [2, 2], data: new Float32Array(4) });
});

const twoTo40 = "L1099511627776\n";

test.each([
  ["an offset beyond the storage", view("K\u0004", "K\u0001", "K\u0001")],
  ["an offset of 2^40", view(twoTo40, "K\u0001", "K\u0001")],
  ["a negative offset", view("I-1\n", "K\u0001", "K\u0001")],
  ["a size beyond the storage", view("K\u0000", "K\u0005", "K\u0001")],
  ["a stride beyond the storage", view("K\u0000", "K\u0002", "K\u0004")],
  ["a stride of 2^40", view("K\u0000", "K\u0002", twoTo40)],
  ["a size that overflows", view("K\u0000", `${twoTo40}${twoTo40}`, "K\u0001K\u0001")],
  ["sizes without strides", view("K\u0000", "K\u0002", "")],
  ["a value once more a 2^40 times", view("K\u0000", twoTo40, "K\u0000")],
  ["a name of a module", forged("cos\nsystem\n(U\u0004truetR.")],
  ["an instance", forged("(ios\nsystem\n.")],
  ["an object", forged("(cos\nsystem\no.")],
  ["a new object", forged("ccollections\nOrderedDict\n)", [0x81, 0x2e])],
  ["the state of a tensor", forged("ctorch\nSize\n(K\u0001ttR}b.")],
  ["a persistent id in text", forged("P0\n.")],
  ["an extension", forged([0x82, 1, 0x2e])],
  ["a buffer", forged([0x97, 0x2e])],
  ["nothing on the stack", forged(".")],
  ["a mark that is missing", forged("t.")],
  ["a place never stored", forged("h\u0005.")],
  ["a whole number of 2^31 bytes", forged([0x8b, 0xff, 0xff, 0xff, 0x7f, 0x2e])],
  ["a text of 2^63 bytes", forged([0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x2e])],
  ["no end", forged("}")],
  ["a list in itself", forged("]q\u0000(h\u0000h\u0000e.")],
  ["a key twice", forged("}(U\u00011K\u0001K\u0001K\u0002u.")],
  ["a key that is a list", forged("}(]K\u0001u.")],
  ["no pickle", writeArchive([["x/other", new Uint8Array(3)]])],
  [
    "two pickles",
    writeArchive([
      ["x/data.pkl", new Uint8Array(3)],
      ["y/data.pkl", new Uint8Array(3)],
    ]),
  ],
  ["nothing", new Uint8Array(0)],
])("refuses %s", (_, bytes) => {
  expect(() => decodePyTorch(bytes)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^(?:format|limit)$/) }),
  );
});

test("lists of the same list a thousandfold end", () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `](${`h${String.fromCodePoint(level)}`.repeat(40)}eq${String.fromCodePoint(level + 1)}`,
  );
  const start = performance.now();
  expect(() => decodePyTorch(forged("]q\u0000", ...levels, "."))).toThrow(expect.objectContaining({ code: "format" }));
  expect(performance.now() - start).toBeLessThan(2000);
});

test("keys that objects have are keys like others", () => {
  const { values } = decodePyTorch(forged("}U\u0009__proto__}U\u0008pollutedK\u0001ss."));
  expect(values.get("__proto__.polluted")).toBe(1);
  expect("polluted" in {}).toBe(false);
});

test("300 damaged files of each kind are read or refused", async () => {
  const read = (bytes: Uint8Array): unknown => decodePyTorch(bytes, { float64: "round" });
  await surviveMutations({ seeds: pytorchSeeds.whole, count: 300, read });
  // The pickle alone, so that no checksum hides the damage.
  const wrap = (pickle: Uint8Array): Uint8Array =>
    writeArchive([["x/data.pkl", pickle], ...pytorchSeeds.storages], { names: "keys" });
  await surviveMutations({ seeds: pytorchSeeds.pickles, count: 300, wrap, read });
});
