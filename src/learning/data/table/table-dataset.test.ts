// From tables to numbers: categories, missing values, targets, parts of a table, and what is refused.

import "#entry/install-node.ts";
import { describe, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { columnOf, columnValues, tableOf, tableRows } from "./columns.ts";
import { splitTable, tableDataset } from "./table-dataset.ts";
import { tableEncoding, tableEncodingOf } from "./table-encoding.ts";
import type { MissingRule } from "./table-features.ts";

const people = tableOf({
  age: [31, 45, null, 20, 31],
  city: ["Bonn", "Kiel", "Bonn", null, "Ulm"],
  member: [true, null, false, true, true],
  since: [new Date("2020-01-02"), new Date("2020-01-01"), new Date("1970-01-01"), new Date(0), new Date(43_200_000)],
  paid: ["yes", "no", "yes", "yes", "no"],
});

function rowsOf({ data, shape }: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }): number[][] {
  const [rows = 0, width = 0] = shape;
  return Array.from({ length: rows }, (_, row) => Array.from(data).slice(row * width, (row + 1) * width));
}

function errorOf(call: () => unknown): SinterError {
  try {
    call();
  } catch (error) {
    if (error instanceof SinterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("tableEncoding", () => {
  test("numbers, categories, booleans, dates, and what stands in for missing values", () => {
    const encoding = tableEncoding(people, { target: "paid", missing: "median" });
    expect(encoding.inputNames).toEqual(["age", "city=Bonn", "city=Ulm", "city=Kiel", "member", "since"]);
    const { x, labels } = encoding.encode(people);
    expect(rowsOf(x)).toEqual([
      [31, 1, 0, 0, 1, 18263],
      [45, 0, 0, 1, 1, 18262],
      [31, 1, 0, 0, 0, 0],
      [20, 1, 0, 0, 1, 0],
      [31, 0, 1, 0, 1, 0.5],
    ]);
    expect([...labels!]).toEqual([1, 0, 1, 1, 0]);
    expect([encoding.classNames, encoding.labelMode]).toEqual([["no", "yes"], "binary"]);
  });

  test.each<[MissingRule, number, number[]]>([
    ["mean", 31.75, [1, 0, 0]],
    ["mostFrequent", 31, [1, 0, 0]],
    [{ value: 7 }, 7, [0, 0, 0, 1]],
  ])("missing: %j", (missing, age, city) => {
    const encoding = tableEncoding(people, { features: ["age", "city"], missing });
    const { x } = encoding.encode(people, { target: false });
    expect(rowsOf(x)[2]?.[0]).toBe(age);
    expect(rowsOf(x)[3]?.slice(1)).toEqual(city);
  });

  test("a category of its own, numbers of categories, and rows that are left out", () => {
    const features = [
      { column: "city", missing: "category", categories: "index" },
      { column: "age", missing: "drop" },
    ] as const;
    const encoding = tableEncoding(people, { features });
    const { x, rows } = encoding.encode(people);
    expect([...rows]).toEqual([0, 1, 3, 4]);
    // The most frequent first, of equal ones the larger; what was not learned is 0.
    expect(rowsOf(x)).toEqual([
      [1, 31],
      [3, 45],
      [4, 20],
      [2, 31],
    ]);
    const other = tableOf({ city: ["Rome", null], age: [1, 2] });
    expect(rowsOf(encoding.encode(other).x)).toEqual([
      [0, 1],
      [4, 2],
    ]);
  });

  test("an encoding told as JSON is the same", () => {
    const encoding = tableEncoding(people, { target: "paid", missing: "mean" });
    const again = tableEncodingOf(JSON.parse(JSON.stringify(encoding.getConfig())) as never);
    expect(again.encode(people)).toEqual(encoding.encode(people));
    expect(again.inputNames).toEqual(encoding.inputNames);
  });

  test.each([
    [{ target: "paid" }, "data", /Column "age", row 3: no value/],
    [{ target: "name" }, "option", /no column "name"/],
    [{ target: "paid", features: ["paid"] }, "option", /is the target and a feature/],
    [{ features: [] }, "option", /no column is left/],
    [{ missing: "middle" }, "option", /middle/],
    [{ features: [{ column: "age", missing: { value: "x" } }] }, "option", /the text "x"/],
    [{ features: [{ column: "age", missing: "category" }] }, "option", /"category"/],
    [{ features: ["since"], target: "city", labelMode: "values" }, "option", /of texts/],
    [{ features: ["since"], target: "city" }, "data", /"city", row 4: the target has no value/],
    [{ features: ["since"], target: "paid", labelMode: "oneHot" }, "option", /oneHot/],
    [{ features: [{ name: "age" }] }, "option", /name/],
  ])("%j is refused", (options, code, message) => {
    const error = errorOf(() => tableEncoding(people, options as never));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  test("what was not learned is refused where it cannot be told", () => {
    const encoding = tableEncoding(people, { target: "paid", features: ["since", "member"], missing: "mostFrequent" });
    const other = tableOf({ since: [new Date(0)], member: [true], paid: ["later"] });
    expect(errorOf(() => encoding.encode(other)).message).toMatch(
      /row 1: the class "later" was not learned. Known are no, yes/,
    );
    const texts = tableOf({ since: ["x"], member: [true] });
    expect(errorOf(() => encoding.encode(texts, { target: false })).message).toMatch(/learned as numbers/);
    const none = tableOf({ a: [null, null], b: [1, 2] });
    expect(errorOf(() => tableEncoding(none, { missing: "mean" })).message).toMatch(/"a" has no value at all/);
  });
});

describe("tableDataset", () => {
  test("batches, labels and targets", async () => {
    const data = tableDataset(people, { target: "paid", missing: "median", batchSize: 2 });
    expect([data.numSamples, data.elementShape, data.labelMode, data.classNames]).toEqual([
      5,
      [6],
      "binary",
      ["no", "yes"],
    ]);
    const batches = [];
    for await (const batch of data.batches(0, { shuffle: false })) batches.push(batch);
    expect(batches.map(({ y }) => [...y!.data])).toEqual([[1, 0], [1, 1], [0]]);
    expect(batches[0]?.y?.shape).toEqual([2, 1]);
  });

  test("a regression, and a table without the target", async () => {
    const data = tableDataset(tableRows(people, [0, 1, 3]), { features: ["since"], target: "age" });
    const batches = [];
    for await (const one of data.batches(0, { shuffle: false })) batches.push(one);
    const [batch] = batches;
    expect([data.labelMode, batch?.y?.shape, [...(batch?.y?.data ?? [])]]).toEqual(["values", [3, 1], [31, 45, 20]]);
    const encoding = tableEncoding(people, { features: ["since"], target: "paid" });
    const unknown = tableDataset(tableOf({ since: [new Date(0)] }), { encoding });
    expect([unknown.numSamples, unknown.labelMode, unknown.shuffle]).toEqual([1, "none", false]);
  });

  test("classes of numbers", () => {
    const table = tableOf({ x: [1, 2, 3, 4], kind: [10, 9, 10, 2] });
    const data = tableDataset(table, { target: "kind", labelMode: "sparse" });
    expect([data.classNames, [...data.labels!]]).toEqual([
      ["2", "9", "10"],
      [2, 1, 2, 0],
    ]);
    expect(() => tableDataset(table, { target: "kind", labelMode: "binary" })).toThrow(/3 classes, expected 2/);
    const encoding = tableEncoding(table, { target: "kind" });
    expect(() => tableDataset(table, { encoding, target: "kind" })).toThrow(/encoding beside target/);
  });
});

describe("splitTable", () => {
  const table = tableOf({
    id: Array.from({ length: 40 }, (_, row) => row),
    kind: Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? "rare" : "usual")),
    owner: Array.from({ length: 40 }, (_, row) => `owner ${row % 10}`),
  });

  test("keeps shares and groups, draws by seed", () => {
    const { train, validation } = splitTable(table, 0.2, { by: "kind", seed: 3 });
    expect([train.numRows, validation.numRows]).toEqual([32, 8]);
    expect(columnValues(columnOf(validation, "kind")).filter((kind) => kind === "rare")).toHaveLength(2);
    expect(splitTable(table, 0.2, { by: "kind", seed: 3 })).toEqual({ train, validation });
    expect(splitTable(table, 0.2, { by: "kind", seed: 4 })).not.toEqual({ train, validation });
    const grouped = splitTable(table, 0.3, { group: "owner" });
    const owners = new Set(columnValues(columnOf(grouped.train, "owner")));
    expect(columnValues(columnOf(grouped.validation, "owner")).some((owner) => owners.has(owner))).toBe(false);
  });

  test("refuses what does not divide", () => {
    expect(() => splitTable(table, 1)).toThrow(/share 1/);
    expect(() => splitTable(tableRows(table, [0]), 0.5)).toThrow(/do not divide/);
    expect(() => splitTable(table, 0.5, { by: "x" })).toThrow(/no column "x"/);
  });
});
