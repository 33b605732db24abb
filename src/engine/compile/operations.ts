// Scalar operations in the kernel language, for scalars and vectors alike. Bools are 0 or 1, in vectors masks.

import type { BinaryOperation, Expression, ScalarType, UnaryOperation } from "#engine/graph/expression.ts";
import {
  add,
  binaryValue,
  int,
  isVector,
  multiply,
  selectValue,
  unaryValue,
  type KernelBuilder,
  type Value,
} from "#engine/graph/kernel.ts";
import { emitFloorDivide, emitModulo } from "#engine/compile/math-integer.ts";
import { emitPower } from "#engine/compile/math-power.ts";
import { emitRoundBf16, emitRoundF16, emitSign, emitToU8, emitTranscendental } from "#engine/compile/math.ts";

/** The value of a unary operation; `type` is that of the operand. */
export function emitUnary(k: KernelBuilder, operation: UnaryOperation, x: Value, type: ScalarType): Value {
  switch (operation) {
    case "negate":
    case "abs":
    case "sqrt":
    case "floor":
    case "ceil":
    case "round":
    case "not":
      return unaryValue(operation, x);
    case "sign":
      return emitSign(k, x);
    case "toF32":
      return toFloat(x, type);
    case "toI32":
      return type === "f32" ? unaryValue("toI32", x) : fromBool(x, type);
    case "toBool":
      return type === "bool" ? x : binaryValue("notEqual", x, zeroLike(x));
    case "toU8":
      return emitToU8(k, x);
    case "roundF16":
      return emitRoundF16(k, x);
    case "roundBf16":
      return emitRoundBf16(k, x);
    default:
      return emitTranscendental(k, operation, x);
  }
}

/** The value of a binary operation; `left` is its first operand, whose type and sign decide the form. */
export function emitBinary(k: KernelBuilder, operation: BinaryOperation, x: Value, y: Value, left: Expression): Value {
  switch (operation) {
    case "add":
      return add(x, y);
    case "multiply":
      return multiply(x, y);
    case "power":
      return emitPower(k, x, y);
    case "floorDivide":
      return emitFloorDivide(k, x, y, { nonNegative: isNonNegative(left) });
    case "modulo":
      return emitModulo(k, x, y, { nonNegative: isNonNegative(left) });
    case "maximum":
    case "minimum":
      if (left.type !== "f32") return extremum(k, operation, x, y);
      return binaryValue(operation, x, y);
    default:
      return binaryValue(operation, x, y);
  }
}

/** Whether index arithmetic cannot give a negative number: axes are never negative. */
export function isNonNegative(expression: Expression): boolean {
  switch (expression.kind) {
    case "axis":
      return true;
    case "constant":
      return expression.value >= 0;
    case "binary":
      switch (expression.operation) {
        case "add":
        case "multiply":
        case "floorDivide":
        case "minimum":
          return isNonNegative(expression.x) && isNonNegative(expression.y);
        case "modulo":
          return isNonNegative(expression.y);
        case "maximum":
          return isNonNegative(expression.x) || isNonNegative(expression.y);
        default:
          return false;
      }
    default:
      return false;
  }
}

function extremum(k: KernelBuilder, operation: "maximum" | "minimum", x: Value, y: Value): Value {
  const a = k.let(x);
  const b = k.let(y);
  const isLess = binaryValue("less", a, b);
  return operation === "maximum" ? selectValue(isLess, b, a) : selectValue(isLess, a, b);
}

function toFloat(x: Value, type: ScalarType): Value {
  if (type === "f32") return x;
  return unaryValue("toF32", fromBool(x, type));
}

/** 0 or 1 of a mask; integers pass. */
function fromBool(x: Value, type: ScalarType): Value {
  return type === "bool" && isVector(x.type) ? binaryValue("subtract", zeroLike(x), x) : x;
}

function zeroLike(x: Value): Value {
  return x.type === "i32" ? int(0) : { kind: "constant", type: x.type, value: 0 };
}
