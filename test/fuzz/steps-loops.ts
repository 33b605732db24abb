// Steps of random graphs that are loops: carries that are read as they came or as they go on, rows, products, counters.

import type { Node, TensorType } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import type { Pool } from "./pool.ts";
import { limit, type Step } from "./step.ts";

/** What an iteration makes of its carry, a row and values from outside; everything stays within 1. */
type Iteration = (pool: Pool, carry: Node, row: Node) => Node;

const mixed: Iteration = (pool, carry, row) => {
  const factor = pool.tame(pool.partner({ node: carry, bound: 1, isExact: false }), limit);
  return ops.tanh(ops.add(ops.multiply(carry, factor.node), row));
};

const multiplied: Iteration = (pool, carry, row) => {
  const units = carry.type.shape.at(-1) ?? 1;
  const weight = pool.parameter({ dtype: "f32", shape: [units, units] }).node;
  const product = ops.dot(carry, weight, { leftContract: [carry.type.shape.length - 1], rightContract: [0] });
  return ops.tanh(ops.add(product, row));
};

const reduced: Iteration = (_pool, carry, row) => {
  const last = carry.type.shape.length - 1;
  const sum = ops.restoreAxes(ops.reduceSum(ops.multiply(carry, row), [last]), [last], carry.type.shape);
  return ops.sin(ops.subtract(carry, sum));
};

/** Gates side by side, as in a long short-term memory. */
const gated: Iteration = (pool, carry, row) => {
  const { shape } = carry.type;
  const [last, units] = [shape.length - 1, shape.at(-1) ?? 1];
  const weight = pool.parameter({ dtype: "f32", shape: [units, 2 * units] }).node;
  const gates = ops.dot(carry, weight, { leftContract: [last], rightContract: [0] });
  const starts = shape.map(() => 0);
  const first = ops.slice(gates, starts, shape);
  const second = ops.slice(gates, starts.with(last, units), shape.with(last, 2 * units));
  return ops.tanh(ops.add(ops.multiply(ops.tanh(first), ops.sin(second)), row));
};

const loop: Step = (pool) => {
  const { choices } = pool;
  const first = pool.pickBounded(1, 1);
  const { type } = first.node;
  if (type.shape.includes(0)) return;
  const length = choices.of([1, 2, 3, 5]);
  const rows = pool.parameter({ dtype: "f32", shape: [length, ...type.shape] });
  const [carry, row] = [ops.parameter(type), ops.parameter(type)];
  const next = choices.of([mixed, multiplied, reduced, gated])(pool, carry, row);
  const counter = counterOf(type);
  const counted = ops.multiply(next, ops.cast(counter.parameter, "f32"));
  const stacked = choices.of([[carry], [next], [next, carry], [counted], [carry, counted, next], []]);
  const made = ops.repeat({
    length,
    isReversed: choices.chance(3),
    carries: [{ parameter: carry, initial: first.node, next }, ...(stacked.includes(counted) ? [counter] : [])],
    rows: [{ parameter: row, source: rows.node }],
    stacked,
  });
  const [last] = made.carries;
  if (last !== undefined && choices.chance(2)) pool.add(last, 1, false);
  for (const node of made.stacks) pool.add(node, 1 + length, false);
};

/** Counts iterations, at each place. */
function counterOf({ shape }: TensorType) {
  const parameter = ops.parameter({ dtype: "i32", shape });
  return { parameter, initial: ops.zerosLike(parameter), next: ops.add(parameter, ops.onesLike(parameter)) };
}

export const loops: Readonly<Record<string, Step>> = { loop };
