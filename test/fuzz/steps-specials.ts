// Steps of random graphs with values that numbers seldom have: NaN, infinities, -0, the ends of ranges, every bit of an
// integer. Only where no gradient is compared.

import { sizeOf } from "#engine/base/shape.ts";
import type { Node, TensorType } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { makeSample } from "../laws/samples.ts";
import type { Entry, Pool } from "./pool.ts";
import type { Step } from "./step.ts";

/** Rounding borders of integers, of bytes and of f16 among them; no denormals of f32, which machines take as 0. */
const values: readonly number[] = [
  [NaN, Infinity, -Infinity, 0, -0, 0.5, -0.5, 1.5, 2.5, 1, -1, 3, -7],
  [254.5, 255.5, 256, 65504, 65519, 65520, 1e-6, -3e-8, 1e-30, 1e20, -1e20, 3e38, -3e38],
  [2 ** 23 + 1, 2 ** 24, 2 ** 31, -(2 ** 31), -(2 ** 31) - 256, 2 ** 31 - 128, 2 ** 32, 2 ** 40],
].flat();

function special(pool: Pool, type: TensorType = { dtype: "f32", shape: pool.shape() }): Entry {
  const places = makeSample({ kind: "below", bound: values.length, type: { ...type, dtype: "i32" } }, pool.sampleSeed);
  return pool.hold(
    type,
    Float32Array.from(places, (place) => values[place] ?? 0),
    Infinity,
  );
}

const unary: readonly ((x: Node) => Node)[] = [
  ops.exp,
  ops.expm1,
  ops.log,
  ops.log1p,
  ops.sqrt,
  ops.tanh,
  ops.erf,
  ops.abs,
  ops.negate,
  ops.floor,
  ops.ceil,
  ops.round,
  ops.sign,
  ops.relu,
];
const binary: readonly ((x: Node, y: Node) => Node)[] = [
  ops.add,
  ops.subtract,
  ops.multiply,
  ops.divide,
  ops.maximum,
  ops.minimum,
];

export const specials: Readonly<Record<string, Step>> = {
  specialFloats: (pool) => {
    if (pool.allowsKinks) special(pool);
  },
  specialArithmetic: (pool) => {
    if (!pool.allowsKinks) return;
    const x = special(pool);
    const made = pool.choices.chance(2)
      ? pool.choices.of(unary)(x.node)
      : pool.choices.of(binary)(x.node, special(pool, x.node.type).node);
    pool.add(made, Infinity, false);
  },
  anyBits: (pool) => {
    const type: TensorType = { dtype: pool.choices.of(["i32", "i32", "u8"] as const), shape: pool.shape() };
    const bits = makeSample({ kind: "bits", type }, pool.sampleSeed);
    if (type.dtype === "i32" && sizeOf(type.shape) > 3) bits.set([-(2 ** 31), 2 ** 31 - 1, -1]);
    pool.hold(type, bits, type.dtype === "u8" ? 255 : 2 ** 31);
  },
};
