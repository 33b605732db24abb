// Weights beside a model: only files of its own folder; and files read in parts give what they give as a whole.

import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { loadOnnx } from "./load.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sinter-onnx-"));
  mkdirSync(join(folder, "model"));
  mkdirSync(join(folder, "model", "inner"));
  writeFileSync(join(folder, "model", "weights.bin"), new Uint8Array(Float32Array.of(9, 1, 2).buffer));
  writeFileSync(join(folder, "model", "inner", "weights.bin"), new Uint8Array(Float32Array.of(9, 1, 2).buffer));
  writeFileSync(join(folder, "secret.bin"), new Uint8Array(64));
  symlinkSync(join(folder, "secret.bin"), join(folder, "model", "link.bin"));
  symlinkSync(folder, join(folder, "model", "up"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = new TextEncoder();
const field = (number: number, body: readonly number[] | Uint8Array): number[] => [
  ...varint(number * 8 + 2),
  ...varint(body.length),
  ...body,
];
const word = (number: number, value: string): number[] => field(number, text.encode(value));
const integer = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** y = x + w, with w of a shape as the fields of its TensorProto say. */
function modelBytes(size: number, constant: readonly number[]): Uint8Array {
  const end = (name: string): number[] => [...word(1, name), ...field(2, field(1, integer(1, 1)))];
  const node = [...word(1, "x"), ...word(1, "w"), ...word(2, "y"), ...word(4, "Add")];
  const weight = [...integer(1, size), ...integer(2, 1), ...word(8, "w"), ...constant];
  const graph = [
    ...field(1, node),
    ...word(2, "g"),
    ...field(5, weight),
    ...field(11, end("x")),
    ...field(12, end("y")),
  ];
  return Uint8Array.from([...integer(1, 8), ...field(8, integer(2, 17)), ...field(7, graph)]);
}

const beside = (location: string, offset: number, length: number): number[] => [
  ...field(13, [...word(1, "location"), ...word(2, location)]),
  ...field(13, [...word(1, "offset"), ...word(2, String(offset))]),
  ...field(13, [...word(1, "length"), ...word(2, String(length))]),
  ...integer(14, 1),
];

function written(constant: readonly number[], size = 2): string {
  const path = join(folder, "model", "model.onnx");
  writeFileSync(path, modelBytes(size, constant));
  return path;
}

test.each(["weights.bin", "inner/weights.bin"])("reads weights of its folder: %s", async (location) => {
  const runner = await loadOnnx(written(beside(location, 4, 8)));
  const { y } = await runner.run({ x: tensor([10, 20]) });
  expect(await y?.data()).toEqual(Float32Array.of(11, 22));
});

test.each([
  ["../secret.bin", 0],
  ["inner/../../secret.bin", 0],
  ["/etc/hostname", 0],
  ["C:/secret.bin", 0],
  ["..\\secret.bin", 0],
  ["weights.bin\0.txt", 0],
  ["link.bin", 0],
  ["up/secret.bin", 0],
  ["inner", 0],
  ["", 0],
  ["weights.bin", 8],
  ["\0stretch:0", 0],
  ["\0stretch:7", 0],
])("refuses weights at %j from byte %i", async (location, offset) => {
  const loading = loadOnnx(written(beside(location, offset, 8)));
  await expect(loading).rejects.toThrow(expect.objectContaining({ code: "format" }));
});

test("says which file is missing, and that bytes alone have no folder", async () => {
  await expect(loadOnnx(written(beside("gone.bin", 0, 8)))).rejects.toThrow('"gone.bin", which is not beside it');
  await expect(loadOnnx(modelBytes(2, beside("weights.bin", 0, 8)))).rejects.toThrow("Give loadOnnx the path");
});

test("large weights are read in parts to the same numbers", async () => {
  const size = 40_000;
  const values = Float32Array.from({ length: size }, (_, at) => at / 7);
  const raw = field(9, new Uint8Array(values.buffer));
  const x = tensor(new Float32Array(size).fill(1));
  const { y } = await (await loadOnnx(written(raw, size))).run({ x });
  const whole = await (await loadOnnx(modelBytes(size, raw))).run({ x });
  expect(await y?.data()).toEqual(values.map((value) => value + 1));
  expect(await whole["y"]?.data()).toEqual(await y?.data());
  await expect(loadOnnx(written(raw, size + 1))).rejects.toThrow(expect.objectContaining({ code: "format" }));
});
