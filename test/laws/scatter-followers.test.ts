// What follows a scatter element by element is evaluated where its rows are added up, and gives what the oracle gives.

import { afterAll, expect, test } from "vitest";
import type { Node } from "#engine/graph/graph.ts";
import {
  add,
  bitwiseAnd,
  constant,
  multiply,
  parameter,
  scatterAddRows,
  sqrt,
  subtract,
  transpose,
} from "#engine/ops/index.ts";
import { openDevices } from "./graph-devices.ts";

const devices = openDevices();
afterAll(() => devices.close());

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });
const zeros = (...shape: number[]): Node => constant(0, { dtype: "f32", shape });

/** A parameter of numbers, and the lower bits of them: some lie beyond fewer rows. */
function rowsBelow(powerOfTwo: number, ...shape: number[]): { index: Node; source: Node } {
  const source = parameter({ dtype: "i32", shape });
  return { source, index: bitwiseAnd(source, constant(powerOfTwo - 1, source.type)) };
}

/** A weight, and its update by a gradient. */
function updated(weight: Node, gradient: Node): Node {
  const scale = add(sqrt(add(multiply(gradient, gradient), constant(1, gradient.type))), multiply(weight, weight));
  return subtract(weight, multiply(gradient, scale));
}

async function expectOneWalk(parameters: Node[], output: Node): Promise<void> {
  for (const explanation of await devices.check(parameters, output, 1e-5)) {
    expect(explanation).toContain("(sort)");
    expect(explanation).not.toContain("(base)");
    expect(explanation).toMatch(/^2 kernels/u);
  }
}

test.each([
  { rows: 300, columns: 64, powerOfTwo: 512 },
  { rows: 1000, columns: 12, powerOfTwo: 128 },
  { rows: 3, columns: 100, powerOfTwo: 4 },
  { rows: 700, columns: 8, powerOfTwo: 1024 },
])("a table of $rows x $columns", async ({ rows, columns, powerOfTwo }) => {
  const { source, index } = rowsBelow(powerOfTwo, 30, 5);
  const [weight, updates] = [f32(rows, columns), f32(30, 5, columns)];
  const gradient = scatterAddRows(zeros(rows, columns), index, updates);
  await expectOneWalk([source, weight, updates], updated(weight, gradient));
});

test("rows of several axes, and a base that is not 0", async () => {
  const { source, index } = rowsBelow(64, 40);
  const [weight, base, updates] = [f32(60, 4, 10), f32(60, 4, 10), f32(40, 4, 10)];
  await expectOneWalk([source, weight, base, updates], updated(weight, scatterAddRows(base, index, updates)));
});

test("sums that others read, too", async () => {
  const { source, index } = rowsBelow(64, 200);
  const [weight, updates] = [f32(64, 64), f32(200, 64)];
  const gradient = scatterAddRows(zeros(64, 64), index, updates);
  const output = add(updated(weight, gradient), transpose(gradient, [1, 0]));
  for (const explanation of await devices.check([source, weight, updates], output, 1e-5)) {
    expect(explanation).toContain("(sort)");
  }
});
