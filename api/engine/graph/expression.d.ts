import type { DType } from "../base/dtype.js";
export type ScalarType = "f32" | "i32" | "bool";
export type UnaryOperation =
  | "negate"
  | "abs"
  | "sign"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "tanh"
  | "sin"
  | "cos"
  | "erf"
  | "floor"
  | "ceil"
  | "round"
  | "not"
  | "toF32"
  | "toI32"
  | "toBool"
  | "toU8"
  | "roundF16"
  | "roundBf16";
export type BinaryOperation =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "power"
  | "floorDivide"
  | "modulo"
  | "maximum"
  | "minimum"
  | "and"
  | "or"
  | "xor"
  | "shiftLeft"
  | "shiftRightLogical"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual";
export type Expression =
  | {
      readonly kind: "axis";
      readonly type: "i32";
      readonly axis: number;
    }
  | {
      readonly kind: "constant";
      readonly type: ScalarType;
      readonly value: number;
    }
  | {
      readonly kind: "read";
      readonly type: ScalarType;
      readonly operand: number;
      readonly at: readonly Expression[];
    }
  | {
      readonly kind: "unary";
      readonly type: ScalarType;
      readonly operation: UnaryOperation;
      readonly x: Expression;
    }
  | {
      readonly kind: "binary";
      readonly type: ScalarType;
      readonly operation: BinaryOperation;
      readonly x: Expression;
      readonly y: Expression;
    }
  | {
      readonly kind: "select";
      readonly type: ScalarType;
      readonly condition: Expression;
      readonly x: Expression;
      readonly y: Expression;
    }
  | {
      readonly kind: "guarded";
      readonly type: ScalarType;
      readonly condition: Expression;
      readonly value: Expression;
    }
  | {
      readonly kind: "random";
      readonly type: "i32";
      readonly key: readonly [Expression, Expression];
      readonly stream: Expression;
      readonly domain: number;
      readonly index: Expression;
    }
  | {
      readonly kind: "accumulator";
      readonly type: ScalarType;
      readonly index: number;
    };
export declare function scalarTypeOf(dtype: DType): ScalarType;
export declare function axis(number: number): Expression;
export declare function constant(value: number, type?: ScalarType): Expression;
export declare function read(operand: number, at: readonly Expression[], type: ScalarType): Expression;
export declare function accumulator(index: number, type: ScalarType): Expression;
export declare function unary(operation: UnaryOperation, x: Expression): Expression;
export declare function binary(operation: BinaryOperation, x: Expression, y: Expression): Expression;
export declare function select(condition: Expression, x: Expression, y: Expression): Expression;
export declare function guarded(condition: Expression, value: Expression): Expression;
export declare function random(
  key: readonly [Expression, Expression],
  stream: Expression,
  domain: number,
  index: Expression,
): Expression;
export declare const truth: Expression;
export declare function all(conditions: readonly Expression[]): Expression;
export declare function isInside(at: readonly Expression[], extents: readonly number[]): Expression;
export declare function plus(x: Expression, y: Expression | number): Expression;
export declare function times(x: Expression, y: number): Expression;
export declare function flatten(at: readonly Expression[], shape: readonly number[]): Expression;
export declare function unflatten(position: Expression, shape: readonly number[]): Expression[];
export declare function rewrite(
  expression: Expression,
  replace: (part: Expression) => Expression | undefined,
): Expression;
export declare function substituteAxes(expression: Expression, at: readonly Expression[]): Expression;
export declare function partsOf(expression: Expression): readonly Expression[];
export declare function walk(expression: Expression, visit: (part: Expression) => void): void;
export declare function rebuild(part: Expression, visit: (part: Expression) => Expression): Expression;
