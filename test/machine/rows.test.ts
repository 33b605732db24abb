// Rows taken from tables and added to them, as machine code: widths with and without a rest, indices outside of the table,
// tables that are donated.

import { describe, expect, test } from "vitest";
import { compileGraph } from "#engine/compile/pipeline.ts";
import * as ops from "#engine/ops/index.ts";
import { traitsOf } from "#engine/target/x64/traits.ts";
import { runners } from "./runners.ts";
import { runProgram } from "./run-program.ts";

const memory = 1 << 22;

describe.each(runners)("$name", (runner) => {
  const isThere = runner.whyNot === undefined;

  // The last block of columns holds no whole vector, so that the loop over vectors does not run in it.
  test.runIf(isThere)("means of taken rows", async () => {
    const [batch, count, rows, width] = [100, 10, 60, 100];
    const table = ops.parameter({ dtype: "f32", shape: [rows, width] });
    const index = ops.parameter({ dtype: "i32", shape: [batch, count] });
    const weights = ops.parameter({ dtype: "f32", shape: [batch] });
    const sum = ops.reshape(ops.reduceSum(ops.takeRows(table, index), [1]), [batch, width]);
    const mean = ops.divide(sum, ops.broadcastTo(ops.reshape(weights, [batch, 1]), [batch, width]));
    const values = Float32Array.from({ length: rows * width }, (_, place) => (place % 97) / 64);
    const chosen = Int32Array.from({ length: batch * count }, (_, place) => (place * 7) % rows);
    const divisors = Float32Array.from({ length: batch }, (_, place) => 2 ** (place % 5));
    using machine = runner.open(memory);
    const graph = { parameters: [table, index, weights], outputs: [mean], donations: [-1] };
    const [result] = await runProgram(machine, runner, graph, [values, chosen, divisors]);
    const expected = Float32Array.from({ length: batch * width }, (_, place) => {
      const [sample, column] = [Math.floor(place / width), place % width];
      let total = 0;
      for (const row of chosen.subarray(sample * count, (sample + 1) * count)) total += values[row * width + column]!;
      return total / divisors[sample]!;
    });
    expect(result).toEqual(expected);
  });

  test.runIf(isThere).each([
    ["numbers", [9], [12]],
    ["narrow rows", [9, 3], [12]],
    ["whole vectors", [9, 32], [12]],
    ["vectors and a rest", [9, 45], [3, 4]],
    ["many blocks of columns", [9, 300], [5]],
    ["rows of rows", [9, 2, 40], [12]],
  ] as const)("rows added in place: %s", async (_name, shape, indexShape) => {
    const base = ops.parameter({ dtype: "f32", shape });
    const index = ops.parameter({ dtype: "i32", shape: indexShape });
    const width = shape.slice(1).reduce((product, extent) => product * extent, 1);
    const numUpdates = indexShape.reduce((product, extent) => product * extent, 1);
    const scale = ops.parameter({ dtype: "f32", shape: indexShape });
    // Updates that are computed where they are added: a number an index, times a number a column.
    const row = ops.parameter({ dtype: "f32", shape: shape.slice(1) });
    const full = [...indexShape, ...shape.slice(1)];
    const wide = ops.broadcastTo(ops.reshape(scale, [...indexShape, ...shape.slice(1).map(() => 1)]), full);
    const updates = ops.multiply(
      wide,
      ops.broadcastTo(ops.reshape(row, [...indexShape.map(() => 1), ...shape.slice(1)]), full),
    );
    const sum = ops.scatterAddRows(base, index, updates);
    const values = Float32Array.from({ length: 9 * width }, (_, place) => place % 13);
    const chosen = Int32Array.from(
      { length: numUpdates },
      (_, place) => [3, -1, 8, 3, 9, 0, 3, 100, -7, 8, 1, 3][place % 12]!,
    );
    const factors = Float32Array.from({ length: numUpdates }, (_, place) => place + 1);
    const columns = Float32Array.from({ length: width }, (_, place) => (place % 7) - 3);
    const expected = values.slice();
    chosen.forEach((place, number) => {
      if (place < 0 || place >= 9) return;
      columns.forEach((column, at) => {
        expected[place * width + at]! += column * factors[number]!;
      });
    });
    for (const donations of [[-1], [0]]) {
      using machine = runner.open(memory);
      const graph = { parameters: [base, index, scale, row], outputs: [sum], donations };
      // oxlint-disable-next-line no-await-in-loop -- one machine at a time
      const [result] = await runProgram(machine, runner, graph, [values, chosen, factors, columns]);
      expect(result).toEqual(expected);
    }
  });
});

test("a donated table is not copied", async () => {
  const base = ops.parameter({ dtype: "f32", shape: [500, 100] });
  const index = ops.parameter({ dtype: "i32", shape: [8] });
  const updates = ops.parameter({ dtype: "f32", shape: [8, 100] });
  const outputs = [ops.scatterAddRows(base, index, updates)];
  const parameters = [base, index, updates];
  const kept = await compileGraph({ parameters, outputs, donations: [-1] }, traitsOf("avx2"));
  const donated = await compileGraph({ parameters, outputs, donations: [0] }, traitsOf("avx2"));
  expect(kept.steps).toHaveLength(2);
  expect(donated.steps).toHaveLength(1);
  expect(donated.arenaBytes).toBe(0);
});

test("a table that the updates read is copied first", async () => {
  const base = ops.parameter({ dtype: "f32", shape: [6, 40] });
  const index = ops.parameter({ dtype: "i32", shape: [4] });
  const outputs = [ops.scatterAddRows(base, index, ops.takeRows(base, index))];
  const runner = runners.find(({ whyNot }) => whyNot === undefined)!;
  using machine = runner.open(memory);
  const values = Float32Array.from({ length: 240 }, (_, place) => place);
  const graph = { parameters: [base, index], outputs, donations: [0] };
  const [result] = await runProgram(machine, runner, graph, [values, Int32Array.of(2, 2, 5, 2)]);
  const factors = [1, 1, 4, 1, 1, 2];
  expect(Array.from(result!)).toEqual(Array.from(values, (value, place) => value * factors[Math.floor(place / 40)]!));
});

test("what a scatter adds to is made before", async () => {
  const base = ops.parameter({ dtype: "f32", shape: [9, 31] });
  const index = ops.parameter({ dtype: "i32", shape: [4] });
  const updates = ops.parameter({ dtype: "f32", shape: [4, 31] });
  // Not a result of the program: a small step that may become one with others.
  const sum = ops.scatterAddRows(base, index, updates);
  const graph = {
    parameters: [base, index, updates],
    outputs: [ops.dot(updates, sum, { leftContract: [1], rightContract: [1] })],
    donations: [-1],
  };
  const { kernels, steps } = await compileGraph(graph, traitsOf("avx2"));
  const names = steps.map(({ kernel }) => kernels[kernel]!.name);
  expect(names.filter((name) => name.includes("small"))).toEqual([]);
  expect(names.filter((name) => name.startsWith("scatterAdd"))).toHaveLength(2);
});
