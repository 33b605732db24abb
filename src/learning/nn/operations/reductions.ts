// Operations that reduce axes: sums, means, extremes, norms.

import { where } from "#engine/tensor/math.ts";
import type { ReduceOptions, Tensor } from "#engine/tensor/tensor.ts";
import type { OperationCall } from "./call.ts";
import type { Operation } from "./elementwise.ts";

type Reduce = (x: Tensor, axes: readonly number[] | undefined, options: ReduceOptions, call: OperationCall) => Tensor;

function reduction(reduce: Reduce): Operation {
  return (call) => {
    const x = call.tensor(0);
    const widened = x.dtype === "f32" ? x : x.cast("i32");
    return reduce(widened, call.numbers("axis"), { keepDims: call.flag("keepdims") }, call);
  };
}

function variance(x: Tensor, axes: readonly number[] | undefined, options: ReduceOptions): Tensor {
  return x
    .sub(x.mean(axes, { keepDims: true }))
    .square()
    .mean(axes, options);
}

const truths = (x: Tensor): Tensor => x.cast("bool").cast("i32");

/** Extremes of whole numbers too. */
function withInitial(extreme: "max" | "min"): Reduce {
  return (x, axes, options, call) => {
    const result = x[extreme](axes, options);
    const initial = call.value("initial") ?? undefined;
    if (initial === undefined) return result;
    const bound = call.number("initial");
    return extreme === "max" ? result.maximum(bound) : result.minimum(bound);
  };
}

function place(call: OperationCall, x: Tensor): Tensor {
  const [axis = call.reject("axis", null)] = call.numbers("axis") ?? [];
  const found = x.argMax(axis);
  return call.flag("keepdims") ? found.expandDims(axis < 0 ? axis + x.rank : axis) : found;
}

/** Norms of vectors, and Frobenius's of matrices. */
function norm(call: OperationCall): Tensor {
  const x = call.tensor(0).cast("f32");
  const axes = call.numbers("axis");
  const order = call.value("ord") ?? call.value("order") ?? undefined;
  const options = { keepDims: call.flag("keepdims") };
  const isVector = axes?.length === 1;
  if (order === undefined || order === "fro" || (order === 2 && isVector)) {
    const sum = x.square().sum(axes, options);
    // The slope of a root at 0 is infinite.
    return where(sum.greater(0), where(sum.greater(0), sum, 1).sqrt(), 0);
  }
  if (order === 1 && isVector) return x.abs().sum(axes, options);
  return call.reject("ord", order);
}

/** x / max(its norm, epsilon). @source Keras 3, ops.normalize */
function normalize(call: OperationCall): Tensor {
  const x = call.tensor(0).cast("f32");
  const axes = call.numbers("axis") ?? [-1];
  const epsilon = call.number("epsilon", 1e-7);
  switch (call.number("order", 2)) {
    case 1:
      return x.div(x.abs().sum(axes, { keepDims: true }).maximum(epsilon));
    case 2:
      return x.div(
        x
          .square()
          .sum(axes, { keepDims: true })
          .maximum(epsilon ** 2)
          .sqrt(),
      );
    default:
      return call.reject("order", call.value("order"));
  }
}

export const reductions: Readonly<Record<string, Operation>> = {
  Sum: reduction((x, axes, options) => x.sum(axes, options)),
  Mean: reduction((x, axes, options) => x.mean(axes, options)),
  Prod: reduction((x, axes, options) => x.prod(axes, options)),
  Max: reduction(withInitial("max")),
  Min: reduction(withInitial("min")),
  Amax: reduction(withInitial("max")),
  Amin: reduction(withInitial("min")),
  Any: reduction((x, axes, options) => truths(x).max(axes, options).cast("bool")),
  All: reduction((x, axes, options) => truths(x).min(axes, options).cast("bool")),
  CountNonzero: reduction((x, axes) => truths(x).sum(axes)),
  Var: reduction(variance),
  Std: reduction((x, axes, options) => variance(x, axes, options).sqrt()),
  Logsumexp: reduction((x, axes, options) => x.cast("f32").logSumExp(axes, options)),
  Argmax: (call) => place(call, call.tensor(0)),
  Argmin: (call) => place(call, call.tensor(0).neg()),
  Moments: (call) => {
    const x = call.tensor(0).cast("f32");
    const [axes, options] = [call.numbers("axes"), { keepDims: call.flag("keepdims") }];
    return [x.mean(axes, options), variance(x, axes, options)];
  },
  Norm: norm,
  Normalize: normalize,
};
