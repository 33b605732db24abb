// Tables as pandas and pyarrow write them (scripts/golden/tables.py), what is refused, and damaged files.

import "#entry/install-node.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { readGolden } from "../../../test/golden/golden.ts";
import { surviveMutations } from "../../../test/fuzz/mutations.ts";
import { formatOf, readTable, type ReadTableOptions } from "./table.ts";
import { columnOf, columnValues, type Column, numMissing, tableOf, tableRows } from "./table/columns.ts";

const golden = readGolden("tables") as {
  readonly expected: Readonly<Record<string, { readonly kind: string; readonly values: readonly unknown[] }>>;
  readonly files: Readonly<Record<string, string>>;
};
const fileOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(golden.files[name]!, "base64"));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A column's values as the golden file has them: null where one is missing, dates as numbers. */
function valuesOf(column: Column): unknown[] {
  return columnValues(column).map((value) => (value instanceof Date ? value.getTime() : value));
}

async function errorOf(source: string | Uint8Array, options?: ReadTableOptions): Promise<SinterError> {
  try {
    await readTable(source, options);
  } catch (error) {
    if (error instanceof SinterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const refused = ["zstd.parquet", "delta.parquet", "lz4.arrow", "nested.arrow", "nested.parquet"];
const readable = Object.keys(golden.files).filter((name) => !refused.includes(name));

test.each(readable)("%s has the values that pandas wrote", async (name) => {
  const options = name === "semicolon.csv" ? ({ decimal: "," } as const) : {};
  const table = await readTable(fileOf(name), options);
  expect(table.numRows).toBe(40);
  expect(table.columns.map((column) => column.name)).toEqual(Object.keys(golden.expected));
  for (const column of table.columns) {
    const { kind, values } = golden.expected[column.name]!;
    expect([column.name, column.kind]).toEqual([column.name, kind]);
    const found = valuesOf(column);
    if (kind !== "number") expect([column.name, found]).toEqual([column.name, values]);
    else values.forEach((value, row) => expect(close(found[row], value, name)).toBe(true));
  }
});

/** Texts round single precision, and one form keeps three digits. */
function close(found: unknown, expected: unknown, name: string): boolean {
  if (typeof found !== "number" || typeof expected !== "number") return found === expected;
  return Math.abs(found - expected) <= (/csv|json/.test(name) ? 1e-6 * Math.max(1, Math.abs(expected)) : 0);
}

test.each([
  ["zstd.parquet", "format", /ZSTD/],
  ["delta.parquet", "format", /DELTA_BYTE_ARRAY/],
  ["lz4.arrow", "format", /LZ4/i],
  ["nested.arrow", "data", /"list"/],
  ["nested.parquet", "data", /"list"/],
])("%s is refused by name", async (name, code, message) => {
  const error = await errorOf(fileOf(name));
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
});

test.each(["nested.arrow", "nested.parquet", "delta.parquet"])(
  "%s gives the columns that can be read",
  async (name) => {
    const table = await readTable(fileOf(name), { columns: ["id"] });
    expect(table.columns.map((column) => [column.name, column.kind])).toEqual([["id", "integer"]]);
  },
);

test("files are told by their content", () => {
  expect(Object.keys(golden.files).map((name) => `${formatOf(fileOf(name))} ${name.split(".").at(-1)}`)).toEqual(
    Object.keys(golden.files).map((name) => {
      const ending = name.split(".").at(-1)!;
      return `${ending === "jsonl" ? "json" : ending} ${ending}`;
    }),
  );
});

describe("csv", () => {
  test("a file from the disk, with columns chosen", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-table-"));
    await writeFile(join(folder, "a.csv"), "a,b\n1,x\n2,y\n");
    const table = await readTable(join(folder, "a.csv"), { columns: ["b"] });
    expect(table.columns).toEqual([{ name: "b", kind: "text", values: ["x", "y"] }]);
    expect((await errorOf(join(folder, "b.csv"))).code).toBe("file");
    expect((await errorOf(join(folder, "a.csv"), { columns: ["c"] })).message).toMatch(/"c", but the file has a, b/);
    expect((await errorOf(join(folder, "a.csv"), { limits: { maxBytes: 3 } })).code).toBe("limit");
    await rm(folder, { recursive: true });
  });

  test.each([
    ["a,b\n1,2\n", ["a", "b"], 1],
    ["1,2\n3,4\n", ["column1", "column2"], 2],
    [",b\n1,2\n", ["column1", "b"], 1],
    ["red,green\nblue,green\n", ["column1", "column2"], 2],
    ["name,colour\nanna,green\n", ["name", "colour"], 1],
  ])("names are found: %j", async (text, names, numRows) => {
    const table = await readTable(utf8(text));
    expect([table.columns.map(({ name }) => name), table.numRows]).toEqual([names, numRows]);
  });

  test("kinds", async () => {
    const text = "zip;n;x;d;t;mixed;none\n01234;1;1e-3;2020-02-29;2020-02-29T12:00:30.5+01:00;1;\n1;-2;+inf;NA;;x;NA\n";
    const table = await readTable(utf8(text));
    expect(table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "zip text",
      "n integer",
      "x number",
      "d date",
      "t date",
      "mixed text",
      "none number",
    ]);
    expect(columnOf(table, "d").values[0]).toBe(Date.UTC(2020, 1, 29));
    expect(columnOf(table, "t").values[0]).toBe(Date.UTC(2020, 1, 29, 11, 0, 30, 500));
    expect(columnOf(table, "x").values[1]).toBe(Infinity);
    expect(numMissing(columnOf(table, "none"))).toBe(2);
    const told = await readTable(utf8(text), { kinds: { zip: "integer", n: "text" }, missing: ["", "NA", "x"] });
    expect(columnOf(told, "zip").values).toEqual(Float64Array.of(1234, 1));
    expect(columnOf(told, "n").values).toEqual(["1", "-2"]);
    expect(columnOf(told, "mixed").kind).toBe("integer");
  });

  test.each([
    ["a,b\n1,2\n3\n", {}, "data", /row 2: 1 cells, the first row has 2/],
    ['a,b\n1,"x\n3,4\n', {}, "data", /quote/],
    ["a,a\n1,2\n", { header: true }, "data", /called "a"/],
    ["a,b\n1,2\nx,4\n", { kinds: { a: "integer" } }, "data", /Column "a", row 2: is "x"/],
    ["a,b\n1,2\n", { header: ["x"] }, "option", /names 1 columns/],
    ["a,b\n1,2\n", { encoding: "klingon" }, "option", /klingon/],
    ["a,b\n1,2\n", { kinds: { a: "float" } }, "option", /float/],
    ["a,b\n1,2\n3,4\n5,6\n", { limits: { maxRows: 1 } }, "limit", /maxRows/],
    ["a,b\n1,2\n", { limits: { maxColumns: 1 } }, "limit", /maxColumns/],
    ["a,b\n1,2\n", { limits: { maxCells: 3 } }, "limit", /maxCells/],
    ["a,b\n1,2345\n", { limits: { maxFieldLength: 3 } }, "limit", /maxFieldLength/],
    ["a\0\0b", {}, "format", /no text/],
    ["a,b\n1,2\n", { seperator: ";" }, "option", /seperator/],
  ])("%j with %j is refused", async (text, options, code, message) => {
    const error = await errorOf(utf8(text), options as ReadTableOptions);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("an empty file is an empty table", async () => {
    expect(await readTable(utf8(""))).toEqual({ numRows: 0, columns: [] });
    const header = await readTable(utf8("a,b\n"), { header: true });
    expect([header.numRows, header.columns.length]).toEqual([0, 2]);
  });
});

describe("json", () => {
  test("names that come later, and values of several kinds", async () => {
    const table = await readTable(utf8('{"a":1,"b":true}\n\n{"a":null,"c":"x"}\n{"a":2.5,"b":"no"}\n'));
    expect(table.columns.map((column) => [column.name, column.kind, valuesOf(column)])).toEqual([
      ["a", "number", [1, null, 2.5]],
      ["b", "text", ["true", null, "no"]],
      ["c", "text", [null, "x", null]],
    ]);
  });

  test.each([
    ['{"a":1}\n{"a":\n', "format", /line 2/],
    ['{"a":1}\n[1]\n', "format", /line 2 is no object/],
    ['{"a":[1]}\n', "data", /row 1, "a"/],
    ['[{"a":1},2]', "format", /item 2/],
  ])("%j is refused", async (text, code, message) => {
    const error = await errorOf(utf8(text), { format: "json" });
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("hostile names are names", async () => {
    const table = await readTable(utf8('{"__proto__":{},"a":1}\n').subarray(0, 0));
    expect(table.numRows).toBe(0);
    const named = await readTable(utf8('{"__proto__":1,"constructor":2}\n'));
    expect(named.columns.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
    expect(Reflect.get({}, "polluted")).toBe(undefined);
  });
});

test("tables of own values, and rows of them", () => {
  const table = tableOf({ age: [31, null, 45], city: ["Bonn", "Kiel", undefined], when: [new Date(5), null, null] });
  expect(table.columns.map(({ kind }) => kind)).toEqual(["integer", "text", "date"]);
  const rows = tableRows(table, [2, 0]);
  expect(valuesOf(columnOf(rows, "age"))).toEqual([45, 31]);
  expect(valuesOf(columnOf(rows, "city"))).toEqual([null, "Bonn"]);
  expect(() => tableRows(table, [3])).toThrow(/row 3 of 3/);
  expect(() => columnOf(table, "name")).toThrow(/age, city, when/);
  expect(() => tableOf({ a: [1], b: [1, 2] })).toThrow(/"b" has 2 rows/);
});

test("900 damaged files are read or refused", async () => {
  const codes = ["data"] as const;
  const read = (bytes: Uint8Array): Promise<unknown> => readTable(bytes);
  for (const kind of [/csv|json/, /parquet/, /arrow/]) {
    const names = readable.filter((name) => kind.test(name));
    const seeds = Object.fromEntries(names.map((name) => [name, fileOf(name)]));
    // oxlint-disable-next-line no-await-in-loop -- the memory of one reader is measured
    await surviveMutations({ seeds, count: 300, codes, read });
  }
});
