import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { Message } from "./onnx/write-protobuf.ts";
import { readTensors } from "./read-tensors.ts";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "sinter-onnx-tensors-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const int64 = 7;

/** A TensorProto. */
function constant(name: string, type: number, shape: readonly number[], raw: Uint8Array): Message {
  return new Message().integers(1, shape).integer(2, type).text(8, name).bytes(9, raw);
}

/** The path of a model of these constants and no nodes. */
function written(constants: readonly Message[]): string {
  const path = join(folder, "model.onnx");
  const graph = new Message().text(2, "g").messages(5, constants);
  writeFileSync(path, new Message().integer(1, 8).message(7, graph).toBytes());
  return path;
}

const bytesOf = (values: readonly bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(values).buffer);

test("a position beyond 32 bits, as exporters write for the end of an axis, comes as a text", async () => {
  const weight = constant("w", 1, [2], new Uint8Array(Float32Array.of(1, 2).buffer));
  const ends = constant("ends", int64, [2], bytesOf([3n, 2n ** 63n - 1n]));
  const { tensors, metadata } = await readTensors(written([weight, ends]));
  expect([...tensors.keys()]).toEqual(["w"]);
  expect(metadata).toEqual({ ends: "3, 9223372036854775807" });
});

test("many integers beyond 32 bits are refused: they are data", async () => {
  const ids = constant("ids", int64, [65], bytesOf(Array.from({ length: 65 }, () => 2n ** 40n)));
  await expect(readTensors(written([ids]))).rejects.toThrow(/"ids" holds 1099511627776/);
});

test("weights beside the model are read", async () => {
  const place = (key: string, value: string): Message => new Message().text(1, key).text(2, value);
  const outside = new Message().integers(1, [2]).integer(2, 1).text(8, "w").message(13, place("location", "w.bin"));
  writeFileSync(join(folder, "w.bin"), new Uint8Array(Float32Array.of(5, 6).buffer));
  const { tensors } = await readTensors(written([outside.integer(14, 1)]));
  expect(tensors.get("w")?.data).toEqual(Float32Array.of(5, 6));
});
