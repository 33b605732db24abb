// Operators on single elements.

import { bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRightLogical } from "#engine/tensor/bits.ts";
import { zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { isFloatingType } from "../element-types.ts";
import { binary, choose, unary, type Binary, type Unary } from "../elementwise.ts";
import { roundHalfEven } from "#engine/base/half.ts";
import { flag, input, tensorInputs, textOf, wrongNode, type Call, type Operators } from "../operator.ts";
import type { TensorValue } from "../value.ts";
import { equalTexts } from "./strings.ts";

type Entry = Operators[string];

const one = (operation: Unary): Entry => ({ run: (call) => [unary(input(call, 0), operation)] });
const two = (operation: Binary): Entry => ({ run: (call) => [binary(input(call, 0), input(call, 1), operation)] });
const test = (operation: Unary): Entry => ({ run: (call) => [unary(input(call, 0), operation, "bool")] });
const compare = (operation: Binary): Entry => ({
  run: (call) => [binary(input(call, 0), input(call, 1), operation, "bool")],
});

/** An operation of one or more values, two at a time. */
const several = (operation: Binary): Entry => ({ run: (call) => [folded(call, operation)] });

function folded(call: Call, operation: Binary): TensorValue {
  return tensorInputs(call).reduce((left, right) => binary(left, right, operation));
}

const add: Binary = { host: (x, y) => x + y, device: (x, y) => x.add(y) };
const subtract: Binary = { host: (x, y) => x - y, device: (x, y) => x.sub(y) };
const multiply: Binary = { host: (x, y) => x * y, device: (x, y) => x.mul(y) };

/** A quotient that integers cut off towards zero. */
function divide(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  if (isFloatingType(x.type)) return binary(x, y, { host: (a, b) => a / b, device: (a, b) => a.div(b) });
  const cut = (a: Tensor, b: Tensor): Tensor => a.abs().floorDiv(b.abs()).mul(a.sign().mul(b.sign()));
  return binary(x, y, { host: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)), device: cut });
}

/** The remainder with the sign of the divisor, or with fmod that of the dividend. */
function modulo(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  if (flag(call, "fmod")) {
    const device = (a: Tensor, b: Tensor): Tensor => a.abs().mod(b.abs()).mul(a.sign());
    return binary(x, y, { host: (a, b) => a % b, device });
  }
  return binary(x, y, { host: (a, b) => a - b * Math.floor(a / b), device: (a, b) => a.mod(b) });
}

/** A power whose result has the type of the base. */
function power(call: Call): TensorValue {
  const [x, y] = [input(call, 0), input(call, 1)];
  return binary(x, y, { host: (a, b) => a ** b, device: powerTensor });
}

function powerTensor(x: Tensor, y: Tensor): Tensor {
  const exponent = y.node.attributes["value"];
  const isConstant = y.node.primitive.name === "constant" || y.node.inputs[0]?.primitive.name === "constant";
  const value = isConstant ? (exponent ?? y.node.inputs[0]?.attributes["value"]) : undefined;
  if (typeof value === "number") return x.pow(value);
  return x.pow(y.cast("f32"));
}

function shift(call: Call): TensorValue {
  const direction = textOf(call, "direction", "");
  if (direction !== "LEFT" && direction !== "RIGHT") throw wrongNode(call, `direction "${direction}"`);
  const operation: Binary =
    direction === "LEFT"
      ? { host: (x, y) => x * 2 ** y, device: (x, y) => where(y.less(32), shiftLeft(x, y), 0) }
      : { host: (x, y) => Math.floor(x / 2 ** y), device: (x, y) => where(y.less(32), shiftRightLogical(x, y), 0) };
  return binary(input(call, 0), input(call, 1), operation);
}

/** Bits of words of 32 bits; larger integers have no bits here. */
const bits = (host: (x: number, y: number) => number, device: Binary["device"]): Entry =>
  two({ host: (x, y) => signLike(host(x, y), x, y), device });

/** JavaScript's bits are signed; those of numbers without sign are not. */
function signLike(result: number, x: number, y: number): number {
  return result < 0 && x >= 0 && y >= 0 ? result + 2 ** 32 : result;
}

const isNan = (x: Tensor): Tensor => x.notEqual(x);

/** Equality, of texts too. */
function equal(call: Call): TensorValue {
  if (input(call, 0).type === "string") return equalTexts(input(call, 0), input(call, 1));
  return binary(
    input(call, 0),
    input(call, 1),
    {
      host: (x, y) => Number(x === y),
      device: (x, y) => (x.dtype === "bool" ? x.cast("i32").equal(y.cast("i32")) : x.equal(y)),
    },
    "bool",
  );
}

function isInfinite(call: Call): TensorValue {
  const [positive, negative] = [flag(call, "detect_positive", 1), flag(call, "detect_negative", 1)];
  const host = (x: number): number =>
    Number((positive && x === Number.POSITIVE_INFINITY) || (negative && x === Number.NEGATIVE_INFINITY));
  const device = (x: Tensor): Tensor => {
    const above = x.greater(3.4028234663852886e38);
    const below = x.less(-3.4028234663852886e38);
    if (positive && negative) return above.or(below);
    return positive ? above : negative ? below : zerosLike(x).cast("bool");
  };
  return unary(input(call, 0), { host, device }, "bool");
}

/** A mean of values of one shape or of several that broadcast. */
function mean(call: Call): TensorValue {
  const count = call.inputs.length;
  const sum = folded(call, add);
  return unary(sum, { host: (x) => x / count, device: (x) => x.mul(1 / count) });
}

const largest: Binary = { host: Math.max, device: (x, y) => x.maximum(y) };
const smallest: Binary = { host: Math.min, device: (x, y) => x.minimum(y) };

/** Numbers kept between bounds, which are inputs since opset 11. */
function clip(call: Call): TensorValue {
  const x = input(call, 0);
  const bounded = (bound: Binary, place: number, name: string, value: TensorValue): TensorValue => {
    const limit = call.inputs[place];
    if (limit?.kind === "tensor") return binary(value, limit, bound);
    const attribute = call.node.attributes.get(name);
    if (attribute?.kind !== "number") return value;
    const number = attribute.value;
    return unary(value, {
      host: (one) => bound.host(one, number),
      device: (one) => (bound === largest ? one.maximum(number) : one.minimum(number)),
    });
  };
  return bounded(smallest, 2, "max", bounded(largest, 1, "min", x));
}

/** The elementwise operators that compute with two numbers, with truth values or with bits. */
export const elementwiseOperators: Operators = {
  Add: two(add),
  Sub: two(subtract),
  Mul: two(multiply),
  Div: { run: (call) => [divide(call)] },
  Mod: { run: (call) => [modulo(call)] },
  Pow: { run: (call) => [power(call)] },
  Sum: several(add),
  Max: several(largest),
  Min: several(smallest),
  Mean: { run: (call) => [mean(call)] },
  Clip: { run: (call) => [clip(call)], frozen: [1, 2] },
  Equal: { run: (call) => [equal(call)] },
  Less: compare({ host: (x, y) => Number(x < y), device: (x, y) => x.less(y) }),
  LessOrEqual: compare({ host: (x, y) => Number(x <= y), device: (x, y) => x.lessEqual(y) }),
  Greater: compare({ host: (x, y) => Number(x > y), device: (x, y) => x.greater(y) }),
  GreaterOrEqual: compare({ host: (x, y) => Number(x >= y), device: (x, y) => x.greaterEqual(y) }),
  And: compare({ host: (x, y) => x & y, device: (x, y) => x.and(y) }),
  Or: compare({ host: (x, y) => x | y, device: (x, y) => x.or(y) }),
  Xor: compare({ host: (x, y) => x ^ y, device: (x, y) => x.cast("i32").notEqual(y.cast("i32")) }),
  Not: one({ host: (x) => 1 - x, device: (x) => x.not() }),
  IsNaN: test({ host: (x) => Number(Number.isNaN(x)), device: isNan }),
  IsInf: { run: (call) => [isInfinite(call)] },
  Where: { run: (call) => [choose(input(call, 0), input(call, 1), input(call, 2))] },
  BitShift: { run: (call) => [shift(call)] },
  BitwiseAnd: bits((x, y) => x & y, bitwiseAnd),
  BitwiseOr: bits((x, y) => x | y, bitwiseOr),
  BitwiseXor: bits((x, y) => x ^ y, bitwiseXor),
  BitwiseNot: one({ host: (x) => -1 - x, device: (x) => x.neg().sub(1) }),
  Abs: one({ host: Math.abs, device: (x) => x.abs() }),
  Neg: one({ host: (x) => -x, device: (x) => x.neg() }),
  Sign: one({ host: Math.sign, device: (x) => x.sign() }),
  Floor: one({ host: Math.floor, device: (x) => x.floor() }),
  Ceil: one({ host: Math.ceil, device: (x) => x.ceil() }),
  Round: one({ host: roundHalfEven, device: (x) => x.round() }),
  Sqrt: one({ host: Math.sqrt, device: (x) => x.sqrt() }),
  Reciprocal: one({ host: (x) => 1 / x, device: (x) => x.pow(-1) }),
  Relu: one({ host: (x) => Math.max(x, 0), device: (x) => (x.dtype === "i32" ? x.maximum(0) : x.relu()) }),
};
