// One random step of a random graph for every primitive: picks operands and options, adds what it makes to the pool.

import type { Node } from "#engine/graph/graph.ts";
import { sizeOf } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import type { Entry, Pool } from "./pool.ts";
import { limit, type Step } from "./step.ts";
import { loops } from "./steps-loops.ts";
import { movement } from "./steps-movement.ts";
import { specials } from "./steps-specials.ts";
import { contractions, windows } from "./steps-windows.ts";

type Unary = (x: Node) => Node;
type Binary = (x: Node, y: Node) => Node;

function smooth(operation: Unary, most: number, boundOf: (bound: number) => number): Step {
  return (pool) => {
    const x = pool.pickBounded(most);
    pool.add(operation(x.node), boundOf(x.bound), false);
  };
}

/** Of values away from 0 and negative ones: x² + 1/2. */
function ofPositive(operation: Unary, boundOf: (bound: number) => number): Step {
  return (pool) => {
    const x = positive(pool, pool.pickBounded(30));
    pool.add(operation(x.node), boundOf(x.bound), false);
  };
}

function positive(pool: Pool, x: Entry): Entry {
  const half = ops.constant(0.5, x.node.type);
  return pool.add(ops.add(ops.multiply(x.node, x.node), half), x.bound ** 2 + 0.5, false);
}

function jumping(operation: Unary, boundOf: (bound: number) => number = (bound) => bound + 1): Step {
  return (pool) => {
    const x = pool.pickExact();
    pool.add(operation(x.node), boundOf(x.bound), true);
  };
}

function kinked(operation: Unary): Step {
  return (pool) => {
    const x = pool.pickKinked();
    pool.add(operation(x.node), x.bound, x.isExact);
  };
}

function arithmetic(operation: Binary, boundOf: (x: number, y: number) => number): Step {
  return (pool) => {
    const x = pool.pickBounded(limit);
    const y = pool.tame(pool.partner(x), limit);
    pool.add(operation(x.node, y.node), boundOf(x.bound, y.bound), false);
  };
}

function integer(operation: Binary): Step {
  return (pool) => {
    const x = pool.pick("i32");
    pool.add(operation(x.node, pool.partner(x).node), 2 ** 31, true);
  };
}

function comparison(operation: Binary): Step {
  return (pool) => {
    const x = pool.pickExact(pool.choices.of(["f32", "i32", "u8"] as const));
    pool.add(operation(x.node, pool.partner(x, (entry) => entry.isExact).node), 1, true);
  };
}

function logical(operation: Binary): Step {
  return (pool) => {
    const x = pool.pick("bool");
    pool.add(operation(x.node, pool.partner(x).node), 1, true);
  };
}

function extremum(operation: Binary): Step {
  return (pool) => {
    const isKept = (entry: Entry): boolean => pool.allowsKinks || entry.isExact;
    const x = pool.choices.chance(4) ? pool.pick("i32") : pool.pickKinked();
    const y = pool.partner(x, isKept);
    pool.add(operation(x.node, y.node), Math.max(x.bound, y.bound), x.isExact && y.isExact);
  };
}

const elementwise: Readonly<Record<string, Step>> = {
  negate: (pool) => {
    const x = pool.pick(pool.choices.of(["f32", "i32"] as const));
    pool.add(ops.negate(x.node), x.bound, x.isExact);
  },
  abs: kinked(ops.abs),
  relu: kinked(ops.relu),
  sign: jumping(ops.sign, () => 1),
  floor: jumping(ops.floor),
  ceil: jumping(ops.ceil),
  round: jumping(ops.round),
  exp: smooth(ops.exp, 5, Math.exp),
  expm1: smooth(ops.expm1, 5, Math.exp),
  log: ofPositive(ops.log, (bound) => Math.log(bound) + 1),
  log1p: ofPositive(ops.log1p, (bound) => Math.log(bound) + 1),
  sqrt: ofPositive(ops.sqrt, (bound) => Math.sqrt(bound) + 1),
  tanh: smooth(ops.tanh, limit, () => 1),
  erf: smooth(ops.erf, limit, () => 1),
  sin: smooth(ops.sin, 100, () => 1),
  cos: smooth(ops.cos, 100, () => 1),
  add: arithmetic(ops.add, (x, y) => x + y),
  subtract: arithmetic(ops.subtract, (x, y) => x + y),
  multiply: arithmetic(ops.multiply, (x, y) => x * y),
  divide: (pool) => {
    const x = pool.pickBounded(limit);
    const y = positive(pool, pool.tame(pool.partner(x), 30));
    pool.add(ops.divide(x.node, y.node), 2 * x.bound, false);
  },
  power: (pool) => {
    const x = pool.pickBounded(3);
    const y = pool.tame(pool.partner(x), 3);
    const base = positive(pool, x);
    pool.add(ops.power(base.node, y.node), Math.max(base.bound, 2) ** y.bound, false);
  },
  modulo: (pool) => {
    // Exact while the quotient is below 2 ** 46.
    const isKept = (entry: Entry): boolean => entry.isExact && entry.bound <= 2 ** 40;
    const x = pool.pick(pool.choices.of(["f32", "i32"] as const), isKept);
    const y = pool.partner(x, isKept);
    if (x.node.type.dtype === "i32") pool.add(ops.modulo(x.node, y.node), 2 ** 31, true);
    else pool.add(ops.modulo(x.node, ops.constant(2.5, x.node.type)), 2.5, false);
  },
  maximum: extremum(ops.maximum),
  minimum: extremum(ops.minimum),
  addIntegers: integer(ops.add),
  multiplyIntegers: integer(ops.multiply),
  subtractIntegers: integer(ops.subtract),
  floorDivide: integer(ops.floorDivide),
  bitwiseAnd: integer(ops.bitwiseAnd),
  bitwiseOr: integer(ops.bitwiseOr),
  bitwiseXor: integer(ops.bitwiseXor),
  shiftLeft: integer(ops.shiftLeft),
  shiftRightLogical: integer(ops.shiftRightLogical),
  equal: comparison(ops.equal),
  notEqual: comparison(ops.notEqual),
  less: comparison(ops.less),
  lessEqual: comparison(ops.lessEqual),
  logicalAnd: logical(ops.logicalAnd),
  logicalOr: logical(ops.logicalOr),
  logicalNot: (pool) => {
    pool.add(ops.logicalNot(pool.pick("bool").node), 1, true);
  },
  select: (pool) => {
    const x = pool.pick(pool.choices.of(["f32", "f32", "i32"] as const));
    const y = pool.partner(x);
    const { shape } = x.node.type;
    const conditions = pool.entries.filter(
      ({ node }) => node.type.dtype === "bool" && sizeOf(node.type.shape) === sizeOf(shape),
    );
    const condition =
      conditions.length > 0 ? pool.choices.of(conditions).node : pool.parameter({ dtype: "bool", shape }).node;
    const made = ops.select(ops.reshape(condition, shape), x.node, y.node);
    pool.add(made, Math.max(x.bound, y.bound), x.isExact && y.isExact);
  },
};

const casts: Readonly<Record<string, Step>> = {
  castToFloat: (pool) => {
    const x = pool.pick(pool.choices.of(["i32", "u8", "bool"] as const));
    // A larger one is rounded in f32 alone.
    pool.add(ops.cast(x.node, "f32"), x.bound, x.bound <= 2 ** 20);
  },
  castToInteger: (pool) => {
    const x = pool.pickExact(pool.choices.of(["f32", "u8", "bool"] as const));
    pool.add(ops.cast(x.node, "i32"), x.bound, true);
  },
  castToByte: (pool) => {
    const x = pool.pickExact(pool.choices.of(["f32", "i32", "bool"] as const));
    pool.add(ops.cast(x.node, "u8"), 255, true);
  },
  castToBool: (pool) => {
    const x = pool.pickExact(pool.choices.of(["f32", "i32", "u8"] as const));
    pool.add(ops.cast(x.node, "bool"), 1, true);
  },
  // A gradient on its way back would be rounded to half, which jumps.
  castThroughHalf: (pool) => {
    if (!pool.allowsKinks) return;
    const x = pool.pickExact();
    pool.add(ops.cast(ops.cast(x.node, pool.choices.of(["f16", "bf16"] as const)), "f32"), x.bound * 1.01, true);
  },
  castToHalf: (pool) => {
    if (!pool.allowsKinks) return;
    const x = pool.pickExact(pool.choices.of(["f32", "f32", "i32", "u8", "bool"] as const));
    pool.add(ops.cast(x.node, pool.choices.of(["f16", "bf16"] as const)), x.bound * 1.01, true);
  },
  castFromHalf: (pool) => {
    const x = pool.pick(pool.choices.of(["f16", "bf16"] as const));
    const dtype = pool.choices.of(["f32", "f32", "f32", "i32", "u8", "bool"] as const);
    pool.add(ops.cast(x.node, dtype), dtype === "u8" ? 255 : x.bound, true);
  },
};

function reduction(operation: (x: Node, axes: readonly number[]) => Node, kind: "sum" | "extremum" | "position"): Step {
  return (pool) => {
    const isFilled = ({ node }: Entry): boolean => !node.type.shape.includes(0);
    const isKept = (entry: Entry): boolean =>
      isFilled(entry) && (entry.isExact || kind === "sum" || (kind === "extremum" && pool.allowsKinks));
    const x = pool.pick(pool.choices.chance(5) ? "i32" : "f32", isKept, 1);
    if (!isKept(x)) return;
    const source = kind === "sum" && x.node.type.dtype === "f32" ? pool.tame(x, limit) : x;
    const rank = x.node.type.shape.length;
    const first = pool.choices.below(rank);
    const axes = [...x.node.type.shape.keys()].filter((axis) => axis === first || pool.choices.chance(3));
    const size = sizeOf(axes.map((axis) => x.node.type.shape[axis] ?? 1));
    const bound = kind === "sum" ? source.bound * size : kind === "position" ? size : source.bound;
    const isInteger = source.node.type.dtype === "i32";
    pool.add(
      operation(source.node, axes),
      isInteger && kind === "sum" ? 2 ** 31 : bound,
      isInteger || (source.isExact && kind !== "sum"),
    );
  };
}

const reductions: Readonly<Record<string, Step>> = {
  reduceSum: reduction(ops.reduceSum, "sum"),
  reduceMax: reduction(ops.reduceMax, "extremum"),
  reduceMin: reduction(ops.reduceMin, "extremum"),
  argMax: reduction(ops.argMax, "position"),
  reduceProduct: (pool) => {
    const x = pool.pickBounded(2, 1);
    const { shape } = x.node.type;
    const axis = pool.choices.below(shape.length);
    if ((shape[axis] ?? 0) <= 9) pool.add(ops.reduceProduct(x.node, [axis]), 2 ** (shape[axis] ?? 0), false);
  },
  softmax: (pool) => {
    const x = pool.pickBounded(30, 1);
    const { shape } = x.node.type;
    if (shape.includes(0)) return;
    const last = [shape.length - 1];
    const column = [...shape.slice(0, -1), 1];
    const wide = (node: Node): Node => ops.broadcastTo(ops.reshape(node, column), shape);
    // The largest is subtracted as a value: its gradient cancels.
    const raised = pool.allowsKinks ? ops.subtract(x.node, wide(ops.reduceMax(x.node, last))) : ops.tanh(x.node);
    const powers = ops.exp(raised);
    pool.add(ops.divide(powers, wide(ops.reduceSum(powers, last))), 1, false);
  },
};

/** What networks are made of, and what fusion looks for. */
const compositions: Readonly<Record<string, Step>> = {
  biasReluPool: (pool) => {
    const x = pool.pickBounded(limit, 3);
    if (!pool.allowsKinks || x.node.type.shape.includes(0)) return;
    const bias = pool.parameter({ dtype: "f32", shape: x.node.type.shape.slice(-1) });
    const sum = ops.add(x.node, ops.broadcastTo(bias.node, x.node.type.shape));
    const window = x.node.type.shape.slice(1, -1).map((extent) => Math.min(2, extent));
    const zeros = window.map(() => 0);
    const options = { window, strides: window, low: zeros, high: zeros };
    pool.add(ops.windowMax(ops.relu(sum), options), x.bound + bias.bound, false);
  },
  update: (pool) => {
    const x = pool.pickBounded(limit);
    const rate = pool.parameter({ dtype: "f32", shape: [] });
    const y = pool.partner(x);
    const scaled = ops.multiply(ops.broadcastTo(rate.node, x.node.type.shape), pool.tame(y, limit).node);
    pool.add(ops.subtract(x.node, scaled), x.bound + 6 * limit, false);
  },
};

/** Every step. A test holds this list to the list of primitives. */
export const steps: Readonly<Record<string, Step>> = {
  ...elementwise,
  ...casts,
  ...movement,
  ...reductions,
  ...windows,
  ...contractions,
  ...compositions,
  ...loops,
  ...specials,
};
