// Operations that act on each element, as Keras's `ops` have them: sums, comparisons, functions, activations.

import { stopGradient, where } from "#engine/tensor/math.ts";
import { full, onesLike, zerosLike } from "#engine/tensor/create.ts";
import type { Tensor, TensorLike } from "#engine/tensor/tensor.ts";
import { activate, activationNames, type ActivationName } from "../activations.ts";
import { dtypeNamed, wholeOr, type OperationCall } from "./call.ts";

export type Operation = (call: OperationCall) => Tensor | readonly Tensor[];

const isWhole = (x: Tensor): boolean => x.dtype !== "f32";

/** Two operands, of which the first is a tensor too. */
function binary(join: (x: Tensor, y: TensorLike) => Tensor): Operation {
  return (call) => {
    const [x, y] = [call.operand(0), call.operand(1)];
    if (typeof x !== "number") return join(x, y);
    const isFloat = typeof y === "number" ? !Number.isInteger(y) : !isWhole(y);
    return join(full([], x, { dtype: isFloat ? "f32" : wholeOr(x) }), y);
  };
}

function unary(change: (x: Tensor) => Tensor): Operation {
  return (call) => change(call.tensor(0));
}

/** Whole numbers stay so. */
function power(x: Tensor, y: TensorLike): Tensor {
  const isInteger = isWhole(x) && (typeof y === "number" ? Number.isInteger(y) : isWhole(y));
  const result = x.pow(y);
  return isInteger ? result.round().cast("i32") : result;
}

function truth(y: TensorLike): Tensor {
  return (typeof y === "number" ? full([], y) : y).cast("bool");
}

function clip(call: OperationCall): Tensor {
  const [x, low, high] = [call.tensor(0), call.operand(1, "xMin"), call.operand(2, "xMax")];
  return x.maximum(low).minimum(high);
}

/** @source Keras 3, ops.nan_to_num on TensorFlow */
function nanToNum(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const largest = 3.4028234663852886e38;
  const bounded = x.clip(call.number("neginf", -largest), call.number("posinf", largest));
  return where(x.equal(x), bounded, call.number("nan", 0));
}

/** Of numpy.py, core.py and math.py. */
const plain: Readonly<Record<string, Operation>> = {
  Add: binary((x, y) => x.add(y)),
  Subtract: binary((x, y) => x.sub(y)),
  Multiply: binary((x, y) => x.mul(y)),
  TrueDivide: binary((x, y) => x.div(y)),
  Divide: binary((x, y) => x.div(y)),
  DivideNoNan: binary((x, y) => {
    const divisor = typeof y === "number" ? full([], y) : y.cast("f32");
    const isZero = divisor.equal(0);
    return where(isZero, 0, x.div(where(isZero, 1, divisor)));
  }),
  FloorDivide: binary((x, y) => x.floorDiv(y)),
  Mod: binary((x, y) => x.mod(y)),
  Power: binary(power),
  Maximum: binary((x, y) => x.maximum(y)),
  Minimum: binary((x, y) => x.minimum(y)),
  Equal: binary((x, y) => x.equal(y)),
  NotEqual: binary((x, y) => x.notEqual(y)),
  Less: binary((x, y) => x.less(y)),
  LessEqual: binary((x, y) => x.lessEqual(y)),
  Greater: binary((x, y) => x.greater(y)),
  GreaterEqual: binary((x, y) => x.greaterEqual(y)),
  LogicalAnd: binary((x, y) => x.and(truth(y))),
  LogicalOr: binary((x, y) => x.or(truth(y))),
  LogicalXor: binary((x, y) => truth(x).notEqual(truth(y))),
  LogicalNot: unary((x) => x.not()),
  Where: (call) => where(call.tensor(0, "condition"), call.operand(1), call.operand(2)),
  Absolute: unary((x) => x.abs()),
  Abs: unary((x) => x.abs()),
  Negative: unary((x) => x.neg()),
  Exp: unary((x) => x.exp()),
  Exp2: unary((x) => x.mul(Math.LN2).exp()),
  Expm1: unary((x) => x.expm1()),
  Log: unary((x) => x.log()),
  Log1p: unary((x) => x.log1p()),
  Log2: unary((x) => x.log().mul(1 / Math.LN2)),
  Log10: unary((x) => x.log().mul(1 / Math.LN10)),
  Sqrt: unary((x) => x.sqrt()),
  Rsqrt: unary((x) => full([], 1).div(x.sqrt())),
  Reciprocal: unary((x) => full([], 1).div(x)),
  Square: unary((x) => x.square()),
  Sign: unary((x) => x.sign()),
  Sin: unary((x) => x.sin()),
  Cos: unary((x) => x.cos()),
  Tan: unary((x) => x.sin().div(x.cos())),
  Sinh: unary((x) => x.exp().sub(x.neg().exp()).mul(0.5)),
  Cosh: unary((x) => x.exp().add(x.neg().exp()).mul(0.5)),
  Tanh: unary((x) => x.tanh()),
  Erf: unary((x) => x.erf()),
  Floor: unary((x) => x.floor()),
  Ceil: unary((x) => x.ceil()),
  Trunc: unary((x) => x.sign().mul(x.abs().floor())),
  Round: (call) => {
    const scale = 10 ** call.number("decimals", 0);
    return call.tensor(0).mul(scale).round().div(scale);
  },
  Isnan: unary((x) => x.notEqual(x)),
  Isinf: unary((x) => x.abs().equal(Number.POSITIVE_INFINITY)),
  Isfinite: unary((x) => x.abs().less(Number.POSITIVE_INFINITY)),
  Logaddexp: binary((x, y) => {
    const other = typeof y === "number" ? full([], y) : y;
    const distance = x.sub(other).abs();
    return x.maximum(other).add(distance.neg().exp().log1p());
  }),
  Clip: clip,
  NanToNum: nanToNum,
  Cast: (call) => call.tensor(0).cast(dtypeNamed(call.value("dtype"))),
  Copy: unary((x) => x),
  OnesLike: unary(onesLike),
  ZerosLike: unary(zerosLike),
  StopGradient: unary(stopGradient),
};

/** Names that the rule does not give. */
const oddActivations: Readonly<Record<string, ActivationName>> = { Relu6: "relu6" };

/** Keras's operations of nn.py that are activations, `LeakyRelu`; their parameters have the same names. */
const activations: Readonly<Record<string, Operation>> = Object.fromEntries(
  activationNames.map((name): [string, Operation] => [
    Object.keys(oddActivations).find((one) => oddActivations[one] === name) ??
      name.slice(0, 1).toUpperCase() + name.slice(1),
    (call) => {
      const parameters = ["negativeSlope", "alpha", "threshold", "defaultValue", "approximate", "b", "axis"].flatMap(
        (parameter) => {
          const value = call.value(parameter);
          return typeof value === "number" || typeof value === "boolean" ? [[parameter, value] as const] : [];
        },
      );
      return activate({ kind: name, ...Object.fromEntries(parameters) }, call.tensor(0));
    },
  ]),
);

export const elementwise: Readonly<Record<string, Operation>> = { ...activations, ...plain };
