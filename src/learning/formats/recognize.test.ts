// What a file is, by its content: whatever its name says.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { npySeeds, npzSeeds, pytorchSeeds, safetensorsSeeds } from "../../../test/fuzz/container-seeds.ts";
import { utf8 } from "../../../test/fuzz/forged-archive.ts";
import { mutate, surviveMutations } from "../../../test/fuzz/mutations.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { writeArchive } from "./archive.ts";
import { writeHdf5 } from "./hdf5/write.ts";
import { encodeModelJson } from "./model-json.ts";
import { readTensors } from "./read-tensors.ts";
import { type FileFormat, recognize, recognizeBytes } from "./recognize.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-recognize-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const gguf = new Uint8Array(Buffer.from((readGolden("gguf") as { readonly file: string }).file, "base64"));
const hdf5 = writeHdf5({ attributes: {}, members: new Map() });
const empty = new Uint8Array(0);
const event = Uint8Array.from([
  24,
  ...Array.from({ length: 11 }, () => 0),
  9,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0x1a,
  13,
  ...utf8("brain.Event:2"),
]);
/** Fields of a ModelProto: version 8, producer "x", a graph of 3 bytes. */
const onnx = Uint8Array.from([0x08, 8, 0x12, 1, 0x78, 0x3a, 3, 0x12, 1, 0x78]);

const cases: readonly (readonly [FileFormat, Uint8Array])[] = [
  ["safetensors", safetensorsSeeds["plain"] ?? empty],
  ["npy", npySeeds["mask"] ?? empty],
  ["npz", npzSeeds["stored"] ?? empty],
  ["npz", npzSeeds["deflated"] ?? empty],
  ["pytorch", pytorchSeeds.whole["views"] ?? empty],
  ["pytorch", pytorchSeeds.whole["views, legacy"] ?? empty],
  ["gguf", gguf],
  ["hdf5", hdf5],
  [
    "keras",
    writeArchive([
      ["metadata.json", utf8("{}")],
      ["config.json", utf8("{}")],
      ["model.weights.h5", hdf5],
    ]),
  ],
  ["zip", writeArchive([["a.txt", utf8("text")]])],
  ["zip", utf8("PK\u0003\u0004 and no directory")],
  ["onnx", onnx],
  ["sinter", utf8(encodeModelJson({ name: "a", layers: [], preprocessing: {} }))],
  ["safetensors-index", utf8('{"metadata":{},"weight_map":{}}')],
  ["tfjs", utf8('{"format":"layers-model","modelTopology":{},"weightsManifest":[]}')],
  ["tfjs-weights", utf8('[{"paths":["a.bin"],"weights":[]}]')],
  ["tfevents", event],
  ["parquet", utf8("PAR1....PAR1")],
  ["arrow", utf8("ARROW1\0\0")],
  ["csv", utf8("a,b\n1,2\n3,4\n")],
  ["csv", utf8("a\tb\n1\t2\n")],
  ["unknown", empty],
  ["unknown", utf8("just a text")],
  ["unknown", utf8("{}")],
  ["unknown", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)],
];

test.each(cases.map(([format, bytes], place) => [`${place}: ${format}`, format, bytes] as const))(
  "tells %s",
  async (_, format, bytes) => {
    expect(await recognizeBytes(bytes)).toBe(format);
    const file = join(root, "anything.dat");
    await writeFile(file, bytes);
    expect(await recognize(file)).toEqual({ format, file, bytes: bytes.length });
  },
);

test("of a folder the file within tells", async () => {
  const folder = join(root, "model");
  await mkdir(folder);
  expect((await recognize(folder)).format).toBe("unknown");
  await writeFile(join(folder, "model.safetensors"), safetensorsSeeds["plain"] ?? empty);
  expect(await recognize(folder)).toMatchObject({ format: "safetensors", file: join(folder, "model.safetensors") });
  await writeFile(join(folder, "model.json"), encodeModelJson({ name: "a", layers: [], preprocessing: {} }));
  expect((await recognize(`${folder}/`)).format).toBe("sinter");
  await expect(recognize(join(root, "nothing"))).rejects.toMatchObject({ code: "file" });
});

test.each(cases.slice(0, 8).map(([format, bytes], place) => [`${place}: ${format}`, bytes] as const))(
  "readTensors reads %s by its content",
  async (_, bytes) => {
    const file = join(root, "weights.bin");
    await writeFile(file, bytes);
    const { tensors } = await readTensors(file, { float64: "round" });
    expect(tensors.size).toBeGreaterThanOrEqual(bytes === hdf5 ? 0 : 1);
  },
);

test("readTensors says what it reads, where there are no tensors", async () => {
  const file = join(root, "table.csv");
  await writeFile(file, "a,b\n1,2\n");
  await expect(readTensors(file)).rejects.toThrow("is a table (csv), which readTable reads. Give .safetensors");
});

test("damaged files are something, and never hang", async () => {
  const seeds = Object.fromEntries(cases.map(([format, bytes], place) => [`${place} ${format}`, bytes]));
  await surviveMutations({ seeds, count: 600, read: (bytes) => recognizeBytes(bytes) });
  expect(mutate(onnx, 0).bytes.length).toBeLessThan(onnx.length);
});
