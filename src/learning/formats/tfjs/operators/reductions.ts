// Operations of TensorFlow that make one number of many, or that order numbers and choose among them.

import { normalizeAxis } from "#engine/base/shape.ts";
import { castTo, unary } from "../../onnx/elementwise.ts";
import { concat, reshape, slice } from "../../onnx/movement.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  optionalInput,
  type Call,
  type Operators,
  wrongNode,
} from "../../onnx/operator.ts";
import { reduce, reductions, type Reduction } from "../../onnx/reduce.ts";
import { known, knownNumbers, numbersOf, type TensorValue, type Value } from "../../onnx/value.ts";
import { byOnnx, making, oneByOnnx } from "./calls.ts";
import { typeOf } from "./elementwise.ts";
import { integers } from "./shapes.ts";

function reduced(call: Call, reduction: Reduction, x: TensorValue = input(call, 0)): TensorValue {
  const given = optionalInput(call, 1);
  const axes = given === undefined ? undefined : Array.from(numbersOf(given));
  const keepDims = flag(call, "keep_dims");
  return reduce(x, reduction, { axes, keepDims });
}

const over = (reduction: Reduction): Operators[string] => making((call) => reduced(call, reduction), [1]);

/** Whether all, or any, hold: the least, or the largest, of 0 and 1. */
function held(call: Call, reduction: Reduction): TensorValue {
  return castTo(reduced(call, reduction, castTo(input(call, 0), "i32")), "bool");
}

function length(call: Call): TensorValue {
  const x = input(call, 0);
  const squares = unary(x, { host: (value) => value * value, device: (tensor) => tensor.square() });
  return unary(reduced(call, reductions.sum, squares), { host: Math.sqrt, device: (tensor) => tensor.sqrt() });
}

/** The place of the largest, or the least, along an axis. */
function place(call: Call, operator: "ArgMax" | "ArgMin"): TensorValue {
  const x = input(call, 0);
  const [axis = 0] = call.inputs.length > 1 ? inputNumbers(call, 1) : [];
  const found = oneByOnnx(call, operator, [x], { axis: normalizeAxis(axis, x.shape.length, operator), keepdims: 0 });
  return castTo(found, typeOf(call, "output_type", "DT_INT32"));
}

/** Sums so far; one that leaves out its own number, or comes from the end, where it is told. */
function running(call: Call): TensorValue {
  const [axis = 0] = inputNumbers(call, 1);
  const attributes = { exclusive: Number(flag(call, "exclusive")), reverse: Number(flag(call, "reverse")) };
  return oneByOnnx(call, "CumSum", [input(call, 0), integers([axis], [])], attributes);
}

function largest(call: Call): TensorValue[] {
  const [count = 0] = call.inputs.length > 1 ? inputNumbers(call, 1) : [numberOf(call, "k", 0)];
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  const [values, places] = byOnnx(call, "TopK", [input(call, 0), integers([count])], attributes);
  if (values?.kind !== "tensor" || places?.kind !== "tensor") throw wrongNode(call, "no tensors came");
  return [values, castTo(places, "i32")];
}

/** Places where a condition holds, one a row. */
function places(call: Call): TensorValue {
  const found = oneByOnnx(call, "NonZero", [input(call, 0)]);
  return castTo(oneByOnnx(call, "Transpose", [found], { perm: [1, 0] }), "i32");
}

/** Boxes that stay: none overlaps a better one by more than told. */
function kept(call: Call): TensorValue {
  // Weights of the file are known too, but only as numbers.
  const held = (x: TensorValue): TensorValue => (x.host === undefined ? known(x.type, x.shape, numbersOf(x)) : x);
  const [boxes, scores] = [held(input(call, 0)), held(input(call, 1))];
  const number = (at: number, otherwise: number): TensorValue => {
    const given = optionalInput(call, at);
    return knownNumbers("f32", [], [given === undefined ? otherwise : (numbersOf(given)[0] ?? otherwise)]);
  };
  const most = integers([inputNumbers(call, 2)[0] ?? 0], []);
  const rows = oneByOnnx(call, "NonMaxSuppression", [
    reshape(boxes, [1, ...boxes.shape]),
    reshape(scores, [1, 1, ...scores.shape]),
    most,
    number(3, 0.5),
    number(4, Number.NEGATIVE_INFINITY),
  ]);
  const count = rows.shape[0] ?? 0;
  const last = slice(rows, [
    { start: 0, count, step: 1 },
    { start: 2, count: 1, step: 1 },
  ]);
  return castTo(reshape(last, [count]), "i32");
}

/** With scores and how many there are; filled up to the most where the node asks for it. */
function keptWithScores(call: Call, isPadded: boolean): TensorValue[] {
  if (call.inputs.length > 5 && (inputNumbers(call, 5)[0] ?? 0) !== 0) throw wrongNode(call, "a soft suppression");
  const found = kept(call);
  const count = found.shape[0] ?? 0;
  const missing = isPadded ? Math.max((inputNumbers(call, 2)[0] ?? 0) - count, 0) : 0;
  const chosen = oneByOnnx(call, "Gather", [input(call, 1), found], { axis: 0 });
  const zeros = (like: TensorValue): TensorValue =>
    missing === 0 ? like : concat([like, knownNumbers(like.type, [missing], new Float64Array(missing))], 0);
  return [zeros(found), zeros(chosen), integers([count], [])];
}

export const reductionOperators: Operators = {
  Sum: over(reductions.sum),
  Mean: over(reductions.mean),
  Max: over(reductions.max),
  Min: over(reductions.min),
  Prod: over(reductions.product),
  All: making((call) => held(call, reductions.min), [1]),
  Any: making((call) => held(call, reductions.max), [1]),
  EuclideanNorm: making(length, [1]),
  ArgMax: making((call) => place(call, "ArgMax"), [1]),
  ArgMin: making((call) => place(call, "ArgMin"), [1]),
  Cumsum: making(running, [1]),
  TopKV2: { known: [1], run: largest },
  TopK: { run: largest },
  Where: { known: "all", run: (call) => [places(call)] },
  NonMaxSuppressionV2: { known: "all", run: (call) => [kept(call)] },
  NonMaxSuppressionV3: { known: "all", run: (call) => [kept(call)] },
  NonMaxSuppressionV4: {
    known: "all",
    run: (call): Value[] => {
      const [places, , count] = keptWithScores(call, flag(call, "pad_to_max_output_size"));
      return places === undefined || count === undefined ? [] : [places, count];
    },
  },
  NonMaxSuppressionV5: { known: "all", run: (call) => keptWithScores(call, flag(call, "pad_to_max_output_size")) },
};
