// One random step of a random graph for every primitive: picks operands and options, adds what it makes to the pool.

import type { Node } from "#engine/graph/graph.ts";
import { sizeOf } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import type { Entry, Pool } from "./pool.ts";

export type Step = (pool: Pool) => void;

/** Values beyond this are squashed before they grow further. */
const limit = 1000;

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
    const x = pool.pickExact(pool.choices.of(["f32", "i32"] as const));
    const y = pool.partner(x, (entry) => entry.isExact);
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
    const x = pool.pick(pool.choices.of(["i32", "u8", "bool"] as const), (entry) => entry.bound <= 2 ** 20);
    pool.add(ops.cast(x.node, "f32"), x.bound, true);
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
  castThroughHalf: (pool) => {
    const x = pool.pickExact();
    pool.add(ops.cast(ops.cast(x.node, pool.choices.of(["f16", "bf16"] as const)), "f32"), x.bound + 1, true);
  },
};

const movement: Readonly<Record<string, Step>> = {
  identity: moved((_pool, x) => ops.identity(x)),
  constant: (pool) => {
    pool.add(ops.constant(pool.choices.between(-4, 4) / 2, { dtype: "f32", shape: pool.shape() }), 2, true);
  },
  iota: (pool) => {
    const shape = pool.shape(1);
    const dtype = pool.choices.of(["f32", "i32"] as const);
    pool.add(ops.iota(shape, pool.choices.below(shape.length), dtype), 33, true);
  },
  reshape: moved((pool, x) => {
    const { shape } = x.type;
    const size = sizeOf(shape);
    const divisors = [2, 3, 4, 8].filter((divisor) => size % divisor === 0);
    if (divisors.length === 0) return ops.reshape(x, [size]);
    const divisor = pool.choices.of(divisors);
    return ops.reshape(x, pool.choices.of([[size], [size / divisor, divisor], [1, divisor, size / divisor]]));
  }),
  transpose: moved((pool, x) => {
    const keys = x.type.shape.map(() => pool.choices.below(10));
    return ops.transpose(
      x,
      [...keys.keys()].toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)),
    );
  }),
  broadcastTo: moved((pool, x) => {
    const { shape } = x.type;
    if (sizeOf(shape) > 512 || shape.length > 3) return x;
    const widened = shape.map((extent) => (extent === 1 ? pool.choices.between(1, 4) : extent));
    return ops.broadcastTo(x, [pool.choices.between(1, 4), ...widened]);
  }),
  slice: moved((pool, x) => {
    const { shape } = x.type;
    const starts = shape.map((extent) => pool.choices.below(extent));
    const ends = shape.map((extent, axis) => pool.choices.between((starts[axis] ?? 0) + 1, Math.max(extent, 1)));
    const strides = shape.map(() => pool.choices.between(1, 3));
    return shape.includes(0) ? x : ops.slice(x, starts, ends, strides);
  }),
  pad: moved((pool, x) => {
    const numbers = (most: number): number[] => x.type.shape.map(() => pool.choices.between(0, most));
    const value = x.type.dtype === "bool" ? 1 : pool.choices.between(0, 2);
    return sizeOf(x.type.shape) > 1024 ? x : ops.pad(x, numbers(2), numbers(2), numbers(1), value);
  }),
  reverse: moved((pool, x) =>
    ops.reverse(
      x,
      [...x.type.shape.keys()].filter(() => pool.choices.chance(2)),
    ),
  ),
  concatenate: (pool) => {
    const x = pool.pick(pool.choices.of(["f32", "f32", "i32", "u8"] as const), undefined, 1);
    const { dtype, shape } = x.node.type;
    const axis = pool.choices.below(shape.length);
    const others = Array.from({ length: pool.choices.between(1, 2) }, () => {
      const extent = pool.choices.between(0, 3);
      return pool.parameter({ dtype, shape: shape.map((own, index) => (index === axis ? extent : own)) });
    });
    pool.add(
      ops.concatenate([x.node, ...others.map(({ node }) => node)], axis),
      Math.max(x.bound, ...others.map(({ bound }) => bound)),
      x.isExact,
    );
  },
  takeRows: (pool) => {
    const table = pool.pick(
      pool.choices.of(["f32", "f32", "u8"] as const),
      ({ node }) => !node.type.shape.includes(0),
      1,
    );
    // Now and then outside: a gather clamps.
    const index = pool.pick("i32", ({ node }) => sizeOf(node.type.shape) <= 32);
    const row = sizeOf(table.node.type.shape.slice(1));
    if (row * sizeOf(index.node.type.shape) > 4096 || index.node.type.shape.length > 3) return;
    pool.add(ops.takeRows(table.node, index.node), table.bound, table.isExact);
  },
  scatterAddRows: (pool) => {
    const base = pool.pickBounded(limit, 1);
    const rows = pool.choices.between(1, 9);
    const { shape } = base.node.type;
    const index = pool.parameter({ dtype: "i32", shape: [rows] }, (shape[0] ?? 0) + 2);
    const updates = pool.parameter({ dtype: "f32", shape: [rows, ...shape.slice(1)] });
    pool.add(ops.scatterAddRows(base.node, index.node, updates.node), base.bound + 60, false);
  },
  randomBits: (pool) => {
    const key = pool.parameter({ dtype: "i32", shape: [2] }, 1000).node;
    const stream = pool.parameter({ dtype: "i32", shape: [] }, 1000).node;
    const bits = ops.randomBits(key, stream, { shape: pool.shape(), domain: pool.choices.below(2) });
    const shift = ops.constant(20, bits.type);
    pool.add(ops.shiftRightLogical(bits, shift), 2 ** 12, true);
  },
};

function moved(move: (pool: Pool, x: Node) => Node): Step {
  return (pool) => {
    const x = pool.pick(pool.choices.of(["f32", "f32", "f32", "i32", "u8", "bool"] as const));
    const node = move(pool, x.node);
    if (node !== x.node) pool.add(node, Math.max(x.bound, 2), x.isExact);
  };
}

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

/** Options of windows that fit the spatial extents; undefined where nothing fits. */
function windowsOver(pool: Pool, x: Node): ops.WindowOptions | undefined {
  if (x.type.shape.includes(0)) return undefined;
  const spatial = x.type.shape.slice(1, -1);
  const window = spatial.map((extent) => pool.choices.between(1, Math.min(3, Math.max(extent, 1))));
  const strides = spatial.map(() => pool.choices.between(1, 3));
  const below = window.map((extent) => pool.choices.below(extent));
  const behind = window.map((extent) => pool.choices.below(extent));
  return { window, strides, low: below, high: behind };
}

const windows: Readonly<Record<string, Step>> = {
  windowMax: (pool) => {
    const x = pool.pickKinked(3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    pool.add(ops.windowMax(x.node, options), x.bound, x.isExact);
  },
  windowArgmax: (pool) => {
    const x = pool.pickExact("f32", 3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    const argmax = ops.windowArgmax(x.node, options);
    pool.add(argmax, 27, true);
    const values = pool.parameter({ dtype: "f32", shape: argmax.type.shape });
    const spatial = x.node.type.shape.slice(1, -1);
    pool.add(ops.windowMaxGradient(argmax, values.node, { ...options, spatial }), values.bound * 27, false);
    const taken = pool.parameter(x.node.type);
    pool.add(ops.windowTake(argmax, taken.node, options), taken.bound, true);
  },
  windowSum: (pool) => {
    const x = pool.pickBounded(limit, 3);
    const options = windowsOver(pool, x.node);
    if (options === undefined) return;
    const sums = pool.add(ops.windowSum(x.node, options), x.bound * 27, false);
    const spatial = x.node.type.shape.slice(1, -1);
    if (pool.choices.chance(3)) {
      pool.add(ops.windowSumGradient(pool.tame(sums, limit).node, { ...options, spatial }), limit * 27, false);
    }
  },
};

const contractions: Readonly<Record<string, Step>> = {
  dot: (pool) => {
    const x = pool.pickBounded(30, 1);
    const { shape } = x.node.type;
    const [axis, batch] = [pool.choices.below(shape.length), pool.choices.below(shape.length)];
    const batches = batch !== axis && pool.choices.chance(2) ? [batch] : [];
    const extents = [shape[axis] ?? 0, pool.choices.of([1, 3, 8, 17]), ...batches.map((index) => shape[index] ?? 0)];
    const order = pool.choices.chance(2) ? [0, 1, ...batches.map(() => 2)] : [1, 0, ...batches.map(() => 2)];
    const y = pool.parameter({ dtype: "f32", shape: order.map((index) => extents[index] ?? 0) });
    const made = ops.dot(x.node, y.node, {
      leftContract: [axis],
      rightContract: [order.indexOf(0)],
      leftBatch: batches,
      rightBatch: batches.map(() => order.indexOf(2)),
    });
    pool.add(made, x.bound * y.bound * (shape[axis] ?? 0), false);
  },
  convolve: (pool) => convolution(pool, ops.convolve),
};

function convolution(pool: Pool, operation: typeof ops.convolve): void {
  const x = pool.pickBounded(30, 3);
  const { shape } = x.node.type;
  const channels = shape.at(-1) ?? 0;
  if (shape.includes(0) || sizeOf(shape) > 2500) return;
  const groups = channels % 2 === 0 && pool.choices.chance(4) ? 2 : 1;
  const spatial = shape.slice(1, -1);
  const dilation = spatial.map((extent) => (extent > 4 ? pool.choices.between(1, 2) : 1));
  const kernel = spatial.map((extent, axis) =>
    pool.choices.between(1, Math.min(3, Math.floor((extent - 1) / (dilation[axis] ?? 1)) + 1)),
  );
  const numbers = (low: number, high: number): number[] => spatial.map(() => pool.choices.between(low, high));
  const options = { strides: numbers(1, 2), low: numbers(0, 2), high: numbers(0, 2), dilation, groups };
  const outputs = groups * pool.choices.of([1, 2, 4, 9, 16]);
  const filter = pool.parameter({ dtype: "f32", shape: [...kernel, channels / groups, outputs] });
  const made = operation(x.node, filter.node, options);
  const bound = x.bound * filter.bound * sizeOf(kernel) * channels;
  pool.add(made, bound, false);
  if (!pool.choices.chance(3)) return;
  const cotangent = pool.parameter(made.type);
  pool.add(ops.convolveInputGradient(filter.node, cotangent.node, { ...options, spatial }), 36 * 9 * outputs, false);
  const toFilter = ops.convolveFilterGradient(x.node, cotangent.node, { ...options, kernel });
  pool.add(toFilter, x.bound * 6 * sizeOf(made.type.shape), false);
}

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
};
