// Scalar expressions: what one element of a result is, from its place. They are the meaning of every primitive.
// Axes are numbered: first the axes of the output, then those that a reduction or a contraction sums over.
// Construction folds constants and keeps index arithmetic simple; nothing here knows a target.

import { BugError } from "#engine/base/error.ts";
import type { DType } from "#engine/base/dtype.ts";

/** Types of scalar values in flight: f16 and bf16 are read as f32, u8 as i32. */
export type ScalarType = "f32" | "i32" | "bool";

/** Operations of one scalar. */
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
  | "round" // half to even
  | "not" // bool
  | "toF32"
  | "toI32" // saturates, NaN gives 0
  | "toBool" // unequal to 0
  | "toU8" // i32 in, saturates to 0..255
  | "roundF16" // f32 in: the nearest f16, as f32
  | "roundBf16";

/** Operations of two scalars of one type; comparisons give bool. */
export type BinaryOperation =
  | "add"
  | "subtract"
  | "multiply"
  | "divide" // f32 only
  | "power" // f32 only
  | "floorDivide" // i32; by 0 gives 0
  | "modulo" // i32, f32: sign of the divisor; i32 by 0 gives 0
  | "maximum" // f32: NaN if either is
  | "minimum"
  | "and" // bool and i32 (bits)
  | "or"
  | "xor"
  | "shiftLeft"
  | "shiftRightLogical"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual";

export type Expression =
  | { readonly kind: "axis"; readonly type: "i32"; readonly axis: number }
  | { readonly kind: "constant"; readonly type: ScalarType; readonly value: number }
  | {
      /** Element `at` of an operand; the places are inside by construction. */
      readonly kind: "read";
      readonly type: ScalarType;
      readonly operand: number;
      readonly at: readonly Expression[];
    }
  | { readonly kind: "unary"; readonly type: ScalarType; readonly operation: UnaryOperation; readonly x: Expression }
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
      /** `value` where the condition holds, else 0; then nothing of `value` is read. */
      readonly kind: "guarded";
      readonly type: ScalarType;
      readonly condition: Expression;
      readonly value: Expression;
    }
  | {
      /** A word of Philox 4x32-10, see base/philox.ts. */
      readonly kind: "random";
      readonly type: "i32";
      readonly key: readonly [Expression, Expression];
      readonly stream: Expression;
      readonly domain: number;
      readonly index: Expression;
    }
  | {
      /** The result of an earlier reduction of the same fused kernel; appears only inside the compiler. */
      readonly kind: "accumulator";
      readonly type: ScalarType;
      readonly index: number;
    };

/** The scalar type that elements of a dtype are read as. */
export function scalarTypeOf(dtype: DType): ScalarType {
  if (dtype === "bool") return "bool";
  return dtype === "i32" || dtype === "u8" ? "i32" : "f32";
}

export function axis(number: number): Expression {
  return { kind: "axis", type: "i32", axis: number };
}

export function constant(value: number, type: ScalarType = "i32"): Expression {
  return { kind: "constant", type, value };
}

export function read(operand: number, at: readonly Expression[], type: ScalarType): Expression {
  return { kind: "read", type, operand, at };
}

export function accumulator(index: number, type: ScalarType): Expression {
  return { kind: "accumulator", type, index };
}

export function unary(operation: UnaryOperation, x: Expression): Expression {
  return { kind: "unary", type: unaryType(operation, x.type), operation, x };
}

/** A binary operation; index arithmetic (i32) with constants is folded. */
export function binary(operation: BinaryOperation, x: Expression, y: Expression): Expression {
  if (x.type !== y.type) throw new BugError(`Expression ${operation} mixes ${x.type} and ${y.type}.`);
  const folded = x.type === "i32" ? foldInteger(operation, x, y) : foldBoolean(operation, x, y);
  if (folded !== undefined) return folded;
  const isComparison =
    operation === "equal" || operation === "notEqual" || operation === "less" || operation === "lessEqual";
  return { kind: "binary", type: isComparison ? "bool" : x.type, operation, x, y };
}

export function select(condition: Expression, x: Expression, y: Expression): Expression {
  if (condition.kind === "constant") return condition.value === 0 ? y : x;
  return { kind: "select", type: x.type, condition, x, y };
}

export function guarded(condition: Expression, value: Expression): Expression {
  if (condition.kind === "constant") return condition.value === 0 ? constant(0, value.type) : value;
  return { kind: "guarded", type: value.type, condition, value };
}

export function random(
  key: readonly [Expression, Expression],
  stream: Expression,
  domain: number,
  index: Expression,
): Expression {
  return { kind: "random", type: "i32", key, stream, domain, index };
}

export const truth: Expression = constant(1, "bool");

/** `a && b && …` of bool expressions; truth for none. */
export function all(conditions: readonly Expression[]): Expression {
  return conditions.reduce((left, right) => binary("and", left, right), truth);
}

/** 0 ≤ place < extent for every axis. */
export function isInside(at: readonly Expression[], extents: readonly number[]): Expression {
  return all(
    at.flatMap((place, index) => [
      binary("lessEqual", constant(0), place),
      binary("less", place, constant(extents[index] ?? 0)),
    ]),
  );
}

export function plus(x: Expression, y: Expression | number): Expression {
  return binary("add", x, typeof y === "number" ? constant(y) : y);
}

export function times(x: Expression, y: number): Expression {
  return binary("multiply", x, constant(y));
}

/** The row-major position of a place. */
export function flatten(at: readonly Expression[], shape: readonly number[]): Expression {
  let position: Expression = constant(0);
  at.forEach((place, index) => {
    position = plus(times(position, shape[index] ?? 1), place);
  });
  return position;
}

/** The place of a row-major position. */
export function unflatten(position: Expression, shape: readonly number[]): Expression[] {
  const at: Expression[] = [];
  let stride = 1;
  for (let index = shape.length - 1; index >= 0; index -= 1) {
    const extent = shape[index] ?? 1;
    const quotient = binary("floorDivide", position, constant(stride));
    if (extent === 1) at.unshift(constant(0));
    else at.unshift(isTop(shape, index) ? quotient : binary("modulo", quotient, constant(extent)));
    stride *= extent;
  }
  return at;
}

/** Whether every axis before this one has extent 1, so that its quotient needs no remainder. */
function isTop(shape: readonly number[], index: number): boolean {
  return shape.slice(0, index).every((extent) => extent === 1);
}

/** The expression with parts replaced, bottom up; `replace` gives undefined to keep a part. What is kept stays the same object. */
export function rewrite(expression: Expression, replace: (part: Expression) => Expression | undefined): Expression {
  const memo = new Map<Expression, Expression>();
  // Folding may give back a part that was replaced already: it must not be replaced again.
  const finished = new Set<Expression>();
  const visit = (part: Expression): Expression => {
    const known = memo.get(part);
    if (known !== undefined) return known;
    const rebuilt = rebuild(part, visit);
    const isFolded = rebuilt !== part && (rebuilt.kind !== part.kind || finished.has(rebuilt));
    const result = isFolded ? rebuilt : (replace(rebuilt) ?? rebuilt);
    memo.set(part, result);
    finished.add(result);
    return result;
  };
  return visit(expression);
}

/** Replaces axis `n` by `at[n]`. */
export function substituteAxes(expression: Expression, at: readonly Expression[]): Expression {
  return rewrite(expression, (part) => (part.kind === "axis" ? at[part.axis] : undefined));
}

/** The direct parts of an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "axis":
    case "constant":
    case "accumulator":
      return [];
    case "read":
      return expression.at;
    case "unary":
      return [expression.x];
    case "binary":
      return [expression.x, expression.y];
    case "select":
      return [expression.condition, expression.x, expression.y];
    case "guarded":
      return [expression.condition, expression.value];
    case "random":
      return [...expression.key, expression.stream, expression.index];
    default:
      return expression satisfies never;
  }
}

/** Calls `visit` once for every distinct part, parts before wholes. */
export function walk(expression: Expression, visit: (part: Expression) => void): void {
  const seen = new Set<Expression>();
  const enter = (part: Expression): void => {
    if (seen.has(part)) return;
    seen.add(part);
    partsOf(part).forEach(enter);
    visit(part);
  };
  enter(expression);
}

/** An expression over its visited parts; itself when none of them changed. */
export function rebuild(part: Expression, visit: (part: Expression) => Expression): Expression {
  switch (part.kind) {
    case "axis":
    case "constant":
    case "accumulator":
      return part;
    case "read": {
      const at = visitAll(part.at, visit);
      return at === part.at ? part : { ...part, at };
    }
    case "unary": {
      const x = visit(part.x);
      return x === part.x ? part : unary(part.operation, x);
    }
    case "binary": {
      const x = visit(part.x);
      const y = visit(part.y);
      return x === part.x && y === part.y ? part : binary(part.operation, x, y);
    }
    case "select": {
      const condition = visit(part.condition);
      const x = visit(part.x);
      const y = visit(part.y);
      return condition === part.condition && x === part.x && y === part.y ? part : select(condition, x, y);
    }
    case "guarded": {
      const condition = visit(part.condition);
      const value = visit(part.value);
      return condition === part.condition && value === part.value ? part : guarded(condition, value);
    }
    case "random": {
      const key = [visit(part.key[0]), visit(part.key[1])] as const;
      return { ...part, key, stream: visit(part.stream), index: visit(part.index) };
    }
    default:
      return part satisfies never;
  }
}

/** The visited parts; the list itself when none of them changed. */
function visitAll(parts: readonly Expression[], visit: (part: Expression) => Expression): readonly Expression[] {
  let changed: Expression[] | undefined;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (part === undefined) continue;
    const result = visit(part);
    if (result !== part) changed ??= parts.slice(0, index);
    changed?.push(result);
  }
  return changed ?? parts;
}

function unaryType(operation: UnaryOperation, type: ScalarType): ScalarType {
  switch (operation) {
    case "toF32":
    case "roundF16":
    case "roundBf16":
      return "f32";
    case "toI32":
    case "toU8":
      return "i32";
    case "toBool":
    case "not":
      return "bool";
    default:
      return type;
  }
}

function foldBoolean(operation: BinaryOperation, x: Expression, y: Expression): Expression | undefined {
  if (x.type !== "bool" || (operation !== "and" && operation !== "or")) return undefined;
  const absorbing = operation === "and" ? 0 : 1;
  if (x.kind === "constant") return x.value === absorbing ? x : y;
  if (y.kind === "constant") return y.value === absorbing ? y : x;
  return undefined;
}

function foldInteger(operation: BinaryOperation, x: Expression, y: Expression): Expression | undefined {
  if (x.kind === "constant" && y.kind === "constant") return foldConstants(operation, x.value, y.value);
  if (y.kind === "constant") return foldRight(operation, x, y.value);
  if (x.kind === "constant") {
    if (operation === "add" && x.value === 0) return y;
    if (operation === "add" || operation === "multiply") return binary(operation, y, x);
  }
  return undefined;
}

function foldRight(operation: BinaryOperation, x: Expression, value: number): Expression | undefined {
  switch (operation) {
    case "add":
      if (value === 0) return x;
      if (x.kind === "binary" && x.operation === "add" && x.y.kind === "constant") {
        return plus(x.x, (x.y.value + value) | 0);
      }
      return undefined;
    case "subtract":
      return plus(x, -value);
    case "multiply":
      if (value === 1) return x;
      if (value === 0) return constant(0);
      if (x.kind === "binary" && x.operation === "multiply" && x.y.kind === "constant") {
        return times(x.x, Math.imul(x.y.value, value));
      }
      return undefined;
    case "floorDivide":
      return value === 1 ? x : undefined;
    case "modulo":
      return value === 1 ? constant(0) : undefined;
    default:
      return undefined;
  }
}

function foldConstants(operation: BinaryOperation, x: number, y: number): Expression | undefined {
  switch (operation) {
    case "add":
      return constant((x + y) | 0);
    case "subtract":
      return constant((x - y) | 0);
    case "multiply":
      return constant(Math.imul(x, y));
    case "floorDivide":
      return constant(y === 0 ? 0 : Math.floor(x / y));
    case "modulo":
      return constant(y === 0 ? 0 : ((x % y) + y) % y);
    case "maximum":
      return constant(Math.max(x, y));
    case "minimum":
      return constant(Math.min(x, y));
    case "equal":
      return constant(x === y ? 1 : 0, "bool");
    case "notEqual":
      return constant(x === y ? 0 : 1, "bool");
    case "less":
      return constant(x < y ? 1 : 0, "bool");
    case "lessEqual":
      return constant(x <= y ? 1 : 0, "bool");
    default:
      return undefined;
  }
}
