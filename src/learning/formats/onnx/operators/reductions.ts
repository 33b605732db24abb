// Operators that make one number of many.

import { normalizeAxis } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { isFloatingType } from "../element-types.ts";
import { flag, input, numberOf, type Call, type Operators } from "../operator.ts";
import { reduce, reductions, type Reduction } from "../reduce.ts";
import { computed, isFolded, knownNumbers, numbersOf, type TensorValue } from "../value.ts";
import { axesOf } from "./shapes.ts";

/** A reduction over axes that an attribute or, in newer versions, an input names; none means all, unless that is forbidden. */
const over = (reduction: Reduction): Operators[string] => ({ known: [1], run: (call) => [reduced(call, reduction)] });

function reduced(call: Call, reduction: Reduction): TensorValue {
  const x = input(call, 0);
  const given = axesOf(call, 1);
  const isEmpty = given === undefined || given.length === 0;
  if (isEmpty && flag(call, "noop_with_empty_axes")) return x;
  const options = { axes: isEmpty ? undefined : given, keepDims: flag(call, "keepdims", 1) };
  return reduce(x, rounded(x, reduction), options);
}

/** Integers stay integers: what is not whole is cut off. */
function rounded(x: TensorValue, { host, device }: Reduction): Reduction {
  if (isFloatingType(x.type)) return { host, device };
  return { host: (numbers) => Math.trunc(host(numbers)), device };
}

const sumOf = (change: (value: number) => number, numbers: Float64Array): number =>
  numbers.reduce((total, value) => total + change(value), 0);
const square = (value: number): number => value * value;

/** Where the first, or last, largest or smallest lies along an axis. */
function place(call: Call, isLargest: boolean): TensorValue {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, call.node.operator);
  const extent = x.shape[axis] ?? 1;
  const isLast = flag(call, "select_last_index");
  const shape = x.shape.flatMap((one, at) => (at === axis ? (flag(call, "keepdims", 1) ? [1] : []) : [one]));
  const floats = x.host === undefined ? x.device() : isFolded([x]) ? undefined : x.device();
  if (floats === undefined) {
    const sign = isLargest ? 1 : -1;
    const best = (numbers: Float64Array): number => {
      const signed = Array.from(numbers, (value) => sign * value);
      const least = signed.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      return isLast ? signed.lastIndexOf(least) : signed.indexOf(least);
    };
    const found = reduce(x, { host: best, device: (one) => one }, { axes: [axis], keepDims: false, type: "i64" });
    return knownNumbers("i64", shape, numbersOf(found));
  }
  const signed = isLargest ? floats.cast(floats.dtype === "i32" ? "i32" : "f32") : floats.neg();
  const turned = isLast ? signed.reverse(axis) : signed;
  const at = turned.argMax(axis);
  return computed("i64", (isLast ? at.neg().add(extent - 1) : at).reshape(shape));
}

const real = (
  device: (x: Tensor, axes: number[], options: { readonly keepDims: boolean }) => Tensor,
): Reduction["device"] => device;

export const reductionOperators: Operators = {
  ReduceSum: over(reductions.sum),
  ReduceMean: over(reductions.mean),
  ReduceMax: over(reductions.max),
  ReduceMin: over(reductions.min),
  ReduceProd: over(reductions.product),
  ReduceL1: over({
    host: (numbers) => sumOf(Math.abs, numbers),
    device: (x, axes, options) => x.abs().sum(axes, options),
  }),
  ReduceL2: over({
    host: (numbers) => Math.sqrt(sumOf(square, numbers)),
    device: real((x, axes, options) => x.square().sum(axes, options).sqrt()),
  }),
  ReduceSumSquare: over({
    host: (numbers) => sumOf(square, numbers),
    device: (x, axes, options) => x.square().sum(axes, options),
  }),
  ReduceLogSum: over({
    host: (numbers) => Math.log(sumOf((value) => value, numbers)),
    device: (x, axes, options) => x.sum(axes, options).log(),
  }),
  ReduceLogSumExp: over({
    host: (numbers) => Math.log(sumOf(Math.exp, numbers)),
    device: (x, axes, options) => x.logSumExp(axes, options),
  }),
  ArgMax: { run: (call) => [place(call, true)] },
  ArgMin: { run: (call) => [place(call, false)] },
};
