// Facts of files of tensors: values of every dtype, and files that lie.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import "#entry/install-node.ts";
import { encodeSafetensors } from "#learning/formats/safetensors.ts";
import { inspectFile } from "./inspect-file.ts";

let file = "";
let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-inspect-"));
  file = join(root, "model.safetensors");
});
afterAll(() => rm(root, { recursive: true, force: true }));

const bytes = encodeSafetensors(
  [
    ["a", { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, -2, Number.NaN, 4) }],
    // Bits of 1, -2, the smallest half, infinity; then of 1, -2, 3.140625 in bfloat16.
    ["b", { dtype: "f16", shape: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00) }],
    ["c", { dtype: "bf16", shape: [3], data: Uint16Array.of(0x3f80, 0xc000, 0x4049) }],
    ["d", { dtype: "i32", shape: [2], data: Int32Array.of(-7, 5) }],
    ["e", { dtype: "u8", shape: [0], data: new Uint8Array(0) }],
  ],
  { made: "by hand" },
);

test("range and mean are those of the finite values, for every dtype", async () => {
  await writeFile(file, bytes);
  const report = await inspectFile(file);
  expect(report).toMatchObject({
    kind: "tensors",
    format: "safetensors",
    bytes: bytes.length,
    metadata: { made: "by hand" },
  });
  expect("tensors" in report ? report.tensors : []).toEqual([
    { name: "a", dtype: "f32", shape: [2, 2], bytes: 16, min: -2, max: 4, mean: 1, numNotFinite: 1 },
    { name: "b", dtype: "f16", shape: [4], bytes: 8, min: -2, max: 1, mean: (2 ** -24 - 1) / 3, numNotFinite: 1 },
    { name: "c", dtype: "bf16", shape: [3], bytes: 6, min: -2, max: 3.140625, mean: 2.140625 / 3, numNotFinite: 0 },
    { name: "d", dtype: "i32", shape: [2], bytes: 8, min: -7, max: 5, mean: -1, numNotFinite: 0 },
    { name: "e", dtype: "u8", shape: [0], bytes: 0, min: null, max: null, mean: null, numNotFinite: 0 },
  ]);
});

test("damaged bytes give an error that says so, never a crash", async () => {
  const damage = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255), cut: fc.nat(bytes.length) });
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, value, cut }) => {
      const damaged = bytes.slice(0, cut);
      damaged[at] = value;
      await writeFile(file, damaged);
      const outcome: unknown = await inspectFile(file).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SinterError);
    }),
    { numRuns: 50 },
  );
});

test("a header that promises more than there is costs nothing", async () => {
  const lying = new Uint8Array(16);
  new DataView(lying.buffer).setBigUint64(0, 2n ** 40n, true);
  await writeFile(file, lying);
  await expect(inspectFile(file)).rejects.toMatchObject({ code: "format" });
  const header = '{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}';
  const huge = new Uint8Array(8 + header.length + 4);
  new DataView(huge.buffer).setBigUint64(0, BigInt(header.length), true);
  huge.set(new TextEncoder().encode(header), 8);
  await writeFile(file, huge);
  await expect(inspectFile(file)).rejects.toMatchObject({ code: "format" });
});

test("other files are refused by name", async () => {
  await writeFile(join(root, "notes.txt"), "Notes of a day.");
  await expect(inspectFile(join(root, "notes.txt"))).rejects.toThrow(/no known kind/);
  await expect(inspectFile(join(root, "nowhere.json"))).rejects.toMatchObject({ code: "file" });
  await writeFile(join(root, "model.json"), "{}");
  await expect(inspectFile(join(root, "model.json"))).rejects.toMatchObject({ code: "format" });
});
