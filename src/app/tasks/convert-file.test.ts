// One format into another: values stay, what is lost is said, nothing that is there is lost.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { encodeEvents } from "#learning/formats/tfevents.ts";
import { decodeNpz, encodeNpy, encodeNpz } from "#learning/formats/npy.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import { layers } from "#learning/nn/layers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";
import { pytorchSeeds } from "../../../test/fuzz/container-seeds.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { convertFile } from "./convert-file.ts";
import { inspectFile } from "./inspect-file.ts";

let root = "";
const at = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-convert-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const tensors: readonly (readonly [string, StoredTensor])[] = [
  ["a/kernel", { dtype: "f32", shape: [2, 1], data: Float32Array.of(1, -2.5) }],
  ["a/half", { dtype: "bf16", shape: [1], data: Uint16Array.of(0x3f80) }],
];

test("tensors go from safetensors to .npz and back", async () => {
  await writeFile(at("a.safetensors"), encodeSafetensors(tensors, { made: "here" }));
  expect(await convertFile(at("a.safetensors"), at("a.npz"))).toEqual({
    input: at("a.safetensors"),
    output: at("a.npz"),
    from: "safetensors",
    to: "npz",
    numTensors: 2,
    lost: ["Metadata is not kept (texts: 1).", "bfloat16 is kept as float32, with the same values (tensors: 1)."],
  });
  const back = await convertFile(at("a.npz"), at("b.safetensors"));
  expect(back).toMatchObject({ from: "npz", to: "safetensors", lost: [] });
  const read = decodeSafetensors(await readFile(at("b.safetensors")));
  expect(read.tensors.get("a/kernel")).toEqual(tensors[0]?.[1]);
  expect(read.tensors.get("a/half")?.data).toEqual(Float32Array.of(1));
});

test("a state dict of PyTorch and a GGUF become safetensors", async () => {
  await writeFile(at("views.pt"), pytorchSeeds.whole["views"] ?? "");
  expect(await convertFile(at("views.pt"), at("views.safetensors"))).toMatchObject({ from: "pytorch", numTensors: 8 });
  const gguf = (readGolden("gguf") as { readonly file: string }).file;
  await writeFile(at("model.gguf"), Buffer.from(gguf, "base64"));
  await convertFile(at("model.gguf"), at("gguf.safetensors"));
  const { metadata, tensors: read } = decodeSafetensors(await readFile(at("gguf.safetensors")));
  expect(metadata["general.name"]).toBe("tïny");
  expect(read.get("blk.0.Q4_K")?.shape).toEqual([2, 3, 256]);
});

test("a model goes to Keras and back, as its weights too, and is shown with its costs", async () => {
  const net = sequential([layers.dense({ units: 3, inputShape: [4], activation: "relu" }), layers.dense({ units: 2 })]);
  net.build([4]);
  await net.save(at("net"));
  expect(await convertFile(at("net"), at("net.keras"))).toMatchObject({ from: "sinter", to: "keras", lost: [] });
  expect(await convertFile(at("net.keras"), at("again"))).toMatchObject({ from: "keras", to: "sinter" });
  const [first, again] = await Promise.all([loadModel(at("net")), loadModel(at("again"))]);
  const values = async (model: typeof net): Promise<unknown> =>
    Promise.all((await model.getWeights()).map(async (weight) => weight.data()));
  expect(await values(again)).toEqual(await values(first));
  const { lost, numTensors } = await convertFile(at("net"), at("net.safetensors"));
  expect([numTensors, lost]).toEqual([4, ["The layers of the model are not kept, only its weights."]]);
  expect(await convertFile(at("net.keras"), at("net.npz"))).toMatchObject({ from: "keras", numTensors: 4 });
  expect(await convertFile(at("net"), at("net.onnx"))).toMatchObject({ to: "onnx", lost: [expect.any(String)] });
  expect(await convertFile(at("net.keras"), at("web"), { to: "tfjs" })).toMatchObject({ from: "keras", to: "tfjs" });
  expect(await convertFile(at("web"), at("from-web"))).toMatchObject({ from: "tfjs", to: "sinter" });
  expect(await values(await loadModel(at("from-web")))).toEqual(await values(first));
  expect(await convertFile(at("net.onnx"), at("onnx.npz"))).toMatchObject({
    from: "onnx",
    numTensors: expect.any(Number),
  });
  expect(await inspectFile(at("net.onnx"))).toMatchObject({
    kind: "graph",
    numWeights: 23,
    inputs: [{ type: "f32", shape: [expect.anything(), 4] }],
  });
  for (const path of ["net", "net.keras", "web"]) {
    const report = await inspectFile(at(path));
    expect(report).toMatchObject({ kind: "network", numLayers: 2, numWeights: 23, flops: 2 * (12 + 6) });
    expect(report.kind === "network" ? report.summary : "").toContain("(None, 3)");
  }
});

test("tables and events are shown", async () => {
  await writeFile(at("table.txt"), "age,name\n3,ann\n,bob\n");
  expect(await inspectFile(at("table.txt"))).toEqual({
    kind: "table",
    file: at("table.txt"),
    format: "csv",
    bytes: 20,
    numRows: 2,
    columns: [
      { name: "age", dtype: "integer", numMissing: 1 },
      { name: "name", dtype: "text", numMissing: 0 },
    ],
  });
  const scalar = { kind: "scalar", tag: "loss", value: 0.5 } as const;
  const events = [
    { wallTime: 1, step: 0, content: { kind: "fileVersion", version: "brain.Event:2" } },
    { wallTime: 2, step: 1, content: { kind: "summary", values: [scalar] } },
    { wallTime: 3, step: 7, content: { kind: "summary", values: [scalar] } },
  ] as const;
  await writeFile(at("events"), encodeEvents(events));
  const tags = [{ tag: "loss", kind: "scalar", count: 2, lastStep: 7 }];
  expect(await inspectFile(at("events"))).toMatchObject({ kind: "events", numEvents: 3, tags });
});

test("nothing that is there is lost", async () => {
  await writeFile(at("from.npy"), encodeNpy(tensors[0]?.[1] ?? { dtype: "u8", shape: [0], data: new Uint8Array(0) }));
  await writeFile(at("there.npz"), "precious");
  await expect(convertFile(at("from.npy"), at("there.npz"))).rejects.toMatchObject({ code: "file" });
  expect(await readFile(at("there.npz"), "utf8")).toBe("precious");
  await convertFile(at("from.npy"), at("there.npz"), { overwrite: true });
  expect(decodeNpz(await readFile(at("there.npz"))).tensors.get("from")?.shape).toEqual([2, 1]);
  await expect(convertFile(at("from.npy"), at("from.npy"), { overwrite: true })).rejects.toThrow("what is converted");
  await mkdir(at("folder.npz"));
  await expect(convertFile(at("from.npy"), at("folder.npz"), { overwrite: true })).rejects.toThrow("is a folder");
});

test("a conversion that fails writes nothing", async () => {
  await writeFile(at("wide.npz"), encodeNpz(tensors));
  await expect(convertFile(at("wide.npz"), at("wide.npy"))).rejects.toThrow("holds one tensor, here are 2");
  await expect(readFile(at("wide.npy"))).rejects.toThrow("ENOENT");
});

test.each([
  ["wide.npz", "model", "setWeights"],
  ["wide.npz", "model.keras", "setWeights"],
  ["wide.npz", "model.bin", "no format that is written"],
  ["nowhere.npz", "a2.safetensors", "is not there"],
  ["nothing.npz", "a2.safetensors", /is empty\. Give .*\.pt/],
  ["text.npz", "a2.safetensors", "is of no known kind"],
  ["empty-folder", "a2.safetensors", "is a folder without a model"],
  ["rows.csv", "a2.safetensors", /is a table \(csv\).*readTable/],
  ["graph.onnx", "a2.keras", /runs as it is, by loadOnnx/],
])("%s to %s says the way out", async (input, output, message) => {
  await writeFile(at("nothing.npz"), "");
  await writeFile(at("text.npz"), "hello");
  await writeFile(at("rows.csv"), "a,b\n1,2\n");
  await writeFile(at("graph.onnx"), Uint8Array.from([0x08, 8, 0x12, 1, 0x78, 0x3a, 3, 0x12, 1, 0x78]));
  await mkdir(at("empty-folder"), { recursive: true });
  await expect(convertFile(at(input), at(output))).rejects.toThrow(message);
});

test("an empty file is shown as one", async () => {
  await writeFile(at("nothing.npz"), "");
  await expect(inspectFile(at("nothing.npz"))).rejects.toThrow("is empty");
});
