// Places as linear forms: a read's row-major position as constant + Σ coefficient · atom, where an atom is an axis or an
// expression that is no sum. Division and remainder by one number recombine, so a reshape costs nothing.

import { stridesOf } from "#engine/base/shape.ts";
import { binary, constant, partsOf, plus, times, type Expression } from "#engine/graph/expression.ts";

export interface Term {
  readonly atom: Expression;
  readonly coefficient: number;
}

export interface Linear {
  readonly constant: number;
  readonly terms: readonly Term[];
}

const linears = new WeakMap<Expression, Linear>();

/** The linear form of an i32 expression. */
export function linearize(expression: Expression): Linear {
  const known = linears.get(expression);
  if (known !== undefined) return known;
  const linear = sumUp(expression);
  linears.set(expression, linear);
  return linear;
}

function sumUp(expression: Expression): Linear {
  const sums = new Map<string | number, Term>();
  let offset = 0;
  const enter = (part: Expression, factor: number): void => {
    if (part.kind === "constant") {
      offset += part.value * factor;
      return;
    }
    if (part.kind === "binary" && part.operation === "add") {
      enter(part.x, factor);
      enter(part.y, factor);
      return;
    }
    if (part.kind === "binary" && part.operation === "subtract") {
      enter(part.x, factor);
      enter(part.y, -factor);
      return;
    }
    if (part.kind === "binary" && part.operation === "multiply" && part.y.kind === "constant") {
      enter(part.x, factor * part.y.value);
      return;
    }
    if (part.kind === "unary" && part.operation === "negate") {
      enter(part.x, -factor);
      return;
    }
    const key = part.kind === "axis" ? part.axis : keyOf(part);
    sums.set(key, { atom: part, coefficient: (sums.get(key)?.coefficient ?? 0) + factor });
  };
  enter(expression, 1);
  return recombine({ constant: offset, terms: [...sums.values()].filter((term) => term.coefficient !== 0) });
}

/** The position of a place in row-major memory. */
export function linearPlace(at: readonly Expression[], strides: readonly number[]): Linear {
  let sum: Expression = constant(0);
  at.forEach((place, index) => {
    sum = plus(sum, times(place, strides[index] ?? 0));
  });
  return linearize(sum);
}

/** The expression of a linear form, terms in the given order. */
export function linearExpression(linear: Linear, order: (term: Term) => number = () => 0): Expression {
  const sorted = linear.terms.toSorted((a, b) => order(a) - order(b));
  let sum: Expression = constant(0);
  for (const { atom, coefficient } of sorted) sum = plus(sum, times(atom, coefficient));
  return plus(sum, linear.constant);
}

/** How the form moves when an axis grows by 1; undefined when an atom other than the axis depends on it. */
export function strideAlong(linear: Linear, axis: number): number | undefined {
  let stride = 0;
  for (const { atom, coefficient } of linear.terms) {
    if (atom.kind === "axis") stride += atom.axis === axis ? coefficient : 0;
    else if (axesOf(atom).has(axis)) return undefined;
  }
  return stride;
}

const axisSets = new WeakMap<Expression, ReadonlySet<number>>();
const noAxes: ReadonlySet<number> = new Set();

/** The axes that an expression depends on. */
export function axesOf(expression: Expression): ReadonlySet<number> {
  const known = axisSets.get(expression);
  if (known !== undefined) return known;
  let axes = expression.kind === "axis" ? new Set([expression.axis]) : noAxes;
  partsOf(expression).forEach((part) => {
    axes = union(axes, axesOf(part));
  });
  axisSets.set(expression, axes);
  return axes;
}

/** Both sets; one of the two where it holds the other. */
function union(one: ReadonlySet<number>, other: ReadonlySet<number>): ReadonlySet<number> {
  if (holds(one, other)) return one;
  return holds(other, one) ? other : new Set([...one, ...other]);
}

function holds(whole: ReadonlySet<number>, part: ReadonlySet<number>): boolean {
  if (part === whole || part.size === 0) return true;
  if (part.size > whole.size) return false;
  for (const axis of part) if (!whole.has(axis)) return false;
  return true;
}

const keys = new WeakMap<Expression, string>();

/** A text that is equal for equal expressions. */
export function keyOf(expression: Expression): string {
  const known = keys.get(expression);
  if (known !== undefined) return known;
  const parts = partsOf(expression).map(keyOf).join(",");
  const key = `${headOf(expression)}(${parts})`;
  keys.set(expression, key);
  return key;
}

/** What tells an expression from others of the same parts. */
export function headOf(expression: Expression): string {
  switch (expression.kind) {
    case "axis":
      return `x${expression.axis}`;
    case "constant":
      return `${expression.type}${Object.is(expression.value, -0) ? "-0" : expression.value}`;
    case "read":
      return `read${expression.operand}`;
    case "unary":
    case "binary":
      return expression.operation;
    case "random":
      return `random${expression.domain}`;
    case "accumulator":
      return `acc${expression.index}`;
    default:
      return expression.kind;
  }
}

/** (y div c)·k·c + (y mod c)·k = y·k, and the same inside a further remainder; first match wins, until none is left. */
function recombine(linear: Linear): Linear {
  for (const low of linear.terms) {
    const remainder = asRemainder(low.atom);
    if (remainder === undefined) continue;
    for (const high of linear.terms) {
      if (high === low || high.coefficient !== low.coefficient * remainder.divisor) continue;
      const merged = mergeQuotient(high.atom, remainder);
      if (merged === undefined) continue;
      const rest = linear.terms.filter((term) => term !== low && term !== high);
      const sum = linearExpression({ constant: linear.constant, terms: rest });
      return linearize(plus(sum, times(merged, low.coefficient)));
    }
  }
  return linear;
}

interface Remainder {
  readonly x: Expression;
  readonly divisor: number;
}

function asRemainder(atom: Expression): Remainder | undefined {
  if (atom.kind === "binary" && atom.operation === "modulo" && atom.y.kind === "constant") {
    return { x: atom.x, divisor: atom.y.value };
  }
  return undefined;
}

function mergeQuotient(atom: Expression, low: Remainder): Expression | undefined {
  const outer = asRemainder(atom);
  const quotient = outer === undefined ? atom : outer.x;
  const divided = isQuotient(quotient, low);
  if (!divided) return undefined;
  if (outer === undefined) return low.x;
  return binary("modulo", low.x, constant(low.divisor * outer.divisor));
}

/** Whether `quotient` is `low.x div low.divisor`; low.x may itself be a quotient. */
function isQuotient(quotient: Expression, low: Remainder): boolean {
  if (quotient.kind !== "binary" || quotient.operation !== "floorDivide" || quotient.y.kind !== "constant")
    return false;
  if (keyOf(quotient.x) === keyOf(low.x) && quotient.y.value === low.divisor) return true;
  const inner = low.x;
  return (
    inner.kind === "binary" &&
    inner.operation === "floorDivide" &&
    inner.y.kind === "constant" &&
    keyOf(quotient.x) === keyOf(inner.x) &&
    quotient.y.value === inner.y.value * low.divisor
  );
}

/**
 * Whether every read moves by one element, or not at all, when an axis grows by 1, at least one moves, and nothing else
 * depends on the axis in a way that vectors lack.
 */
export function isContiguousAlong(
  expression: Expression,
  axis: number,
  shapes: readonly (readonly number[])[],
): boolean {
  let numMoving = 0;
  const allows = (part: Expression): boolean => {
    if (!axesOf(part).has(axis)) return true;
    if (part.kind === "guarded" && axesOf(part.condition).has(axis)) return false;
    if (part.kind === "random" || part.kind === "axis") return false;
    if (part.kind !== "read") return partsOf(part).every(allows);
    const stride = strideAlong(linearPlace(part.at, stridesOf(shapes[part.operand] ?? [])), axis);
    if (stride === 1) numMoving += 1;
    return stride === 0 || stride === 1;
  };
  return allows(expression) && numMoving > 0;
}
