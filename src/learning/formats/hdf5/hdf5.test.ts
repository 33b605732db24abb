// HDF5 against the format's own library (h5wasm): each reads what the other writes; what is not read is refused by name.

import { File, ready, type FileOptions } from "h5wasm";
import { beforeAll, expect, test } from "vitest";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { surviveMutations } from "../../../../test/fuzz/mutations.ts";
import { readHdf5, type Hdf5Group, type Hdf5Values } from "./read.ts";
import { writeHdf5, type Hdf5GroupSource } from "./write.ts";

interface Disk {
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
}

let disk: Disk;
beforeAll(async () => {
  const { FS } = await ready;
  if (FS === null) throw new Error("h5wasm has no files");
  disk = FS;
});

let numFiles = 0;

/** The bytes of a file that the library writes. */
function written(fill: (file: File) => void, options: FileOptions = { libver: ["earliest", "latest"] }): Uint8Array {
  numFiles += 1;
  const path = `written${numFiles}.h5`;
  const file = new File(path, "w", options);
  fill(file);
  file.close();
  return disk.readFile(path);
}

function at(group: Hdf5Group, path: string): Hdf5Values {
  let found: Hdf5Group = group;
  const names = path.split("/");
  for (const name of names.slice(0, -1)) {
    const member = found.members.get(name);
    if (member?.kind !== "group") throw new Error(`no group ${name}`);
    found = member;
  }
  const dataset = found.members.get(names.at(-1) ?? "");
  if (dataset?.kind !== "dataset") throw new Error(`no data set ${path}`);
  return dataset.read();
}

const kernel = Float32Array.from({ length: 70 * 33 }, (_, index) => index / 8);

function fillAll(file: File): void {
  file.create_dataset({ name: "plain", data: kernel, shape: [70, 33] });
  const group = file.create_group("layers").create_group("dense");
  group.create_dataset({ name: "packed", data: kernel, shape: [70, 33], chunks: [16, 8], compression: "gzip" });
  group.create_dataset({ name: "doubles", data: Float64Array.of(1.5, -2), shape: [2] });
  group.create_dataset({ name: "wide", data: BigInt64Array.of(-3n, 7n), shape: [2] });
  group.create_dataset({ name: "bytes", data: Uint8Array.of(1, 0, 255), shape: [3] });
  file.create_attribute("config", "{}".repeat(40_000));
  file.create_attribute("names", ["dense", "größe"]);
}

test("what the library writes is read, with every type and layout that Keras uses", () => {
  const root = readHdf5(written(fillAll));
  for (const path of ["plain", "layers/dense/packed"]) {
    expect(at(root, path)).toMatchObject({ shape: [70, 33], data: kernel });
  }
  expect(at(root, "layers/dense/doubles")).toMatchObject({ data: Float64Array.of(1.5, -2) });
  expect(at(root, "layers/dense/wide")).toMatchObject({ data: Int32Array.of(-3, 7) });
  expect(at(root, "layers/dense/bytes")).toMatchObject({ data: Uint8Array.of(1, 0, 255) });
  expect(root.attributes.get("config")?.()).toEqual({ kind: "texts", texts: ["{}".repeat(40_000)] });
  expect(root.attributes.get("names")?.()).toEqual({ kind: "texts", texts: ["dense", "größe"] });
});

test("files of the newest kind are read where their groups are small, else refused", () => {
  const few = written((file) => file.create_dataset({ name: "a", data: kernel, shape: [70, 33] }), {
    libver: ["v110", "latest"],
  });
  expect(at(readHdf5(few), "a")).toMatchObject({ data: kernel });
  const many = written(
    (file) => {
      for (let index = 0; index < 20; index += 1) file.create_dataset({ name: `d${index}`, data: kernel });
    },
    { libver: ["v110", "latest"] },
  );
  expect(() => readHdf5(many)).toThrow(/newest kind.*libver="earliest"/u);
});

test("links that lead elsewhere and objects met twice are refused", () => {
  const refuse = (fill: (file: File) => void): (() => unknown) => {
    const bytes = written(fill);
    return () => readHdf5(bytes);
  };
  expect(refuse((file) => file.create_soft_link("/a", "b"))).toThrow(/link leads elsewhere/u);
  expect(refuse((file) => file.create_external_link("/etc/passwd", "/a", "b"))).toThrow(/link leads elsewhere/u);
  expect(
    refuse((file) => {
      file.create_group("a");
      file.create_hard_link("/a", "b");
    }),
  ).toThrow(/two names of one object/u);
});

const tensors: readonly (readonly [string, StoredTensor])[] = [
  ["a", { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ["scalar", { dtype: "i32", shape: [], data: Int32Array.of(-7) }],
  ["bytes", { dtype: "u8", shape: [2], data: Uint8Array.of(3, 4) }],
  ["empty", { dtype: "f32", shape: [0, 3], data: new Float32Array() }],
];

function source(count: number): Hdf5GroupSource {
  const many = Array.from({ length: count }, (_, index): [string, StoredTensor] => [
    `${index}`,
    { dtype: "i32", shape: [1], data: Int32Array.of(index) },
  ]);
  const inner = new Map<string, Hdf5GroupSource | StoredTensor>([["vars", { members: new Map(many) }]]);
  return {
    members: new Map<string, Hdf5GroupSource | StoredTensor>([
      ...tensors,
      ["optimizer", { members: inner, attributes: { name: "größe" } }],
    ]),
  };
}

test.each([0, 1, 8, 9, 1000])("what is written, the library reads: a group of %i", (count) => {
  const bytes = writeHdf5(source(count));
  disk.writeFile("own.h5", bytes);
  const file = new File("own.h5", "r");
  for (const [name, { shape, data }] of tensors) {
    const found = file.get(name);
    expect(found).toMatchObject({ shape });
    if (found === null || !("value" in found)) throw new Error(`no ${name}`);
    if (data.length > 0) expect(found.value).toEqual(shape.length === 0 ? data[0] : data);
  }
  const group = file.get("optimizer/vars");
  expect(group !== null && "keys" in group ? group.keys() : []).toHaveLength(count);
  if (count > 0) expect(file.get(`optimizer/vars/${count - 1}`)).toMatchObject({ value: Int32Array.of(count - 1) });
  file.close();
  expect(readHdf5(bytes).members.get("optimizer")?.attributes.get("name")?.()).toEqual({
    kind: "texts",
    texts: ["größe"],
  });
});

test("300 damaged files are read or refused", async () => {
  const small = (file: File): void => {
    fillAll(file);
    file.delete_attribute("config");
  };
  const read = (bytes: Uint8Array): void => walk(readHdf5(bytes));
  await surviveMutations({ seeds: { library: written(small), own: writeHdf5(source(12)) }, read, count: 300 });
});

function walk(group: Hdf5Group): void {
  for (const values of group.attributes.values()) values();
  for (const member of group.members.values()) {
    if (member.kind === "group") walk(member);
    else member.read();
  }
}
