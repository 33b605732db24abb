// The opposite of merging: an axis that is read as quotient and remainder, since it was reshaped from several, becomes
// two. Then reads are linear in both, and vectors walk the inner one.

import { axis, constant, binary, plus, rebuild, times, walk, type Expression } from "#engine/graph/expression.ts";
import type { Group } from "#engine/compile/group.ts";

/** Shorter inner axes make loops longer than what they save. */
const leastExtent = 16;

/** A quotient or remainder of an axis by a number. */
interface Part {
  readonly operation: "floorDivide" | "modulo";
  readonly axis: number;
  readonly divisor: number;
}

/**
 * The group with such axes of its space in two; memory stays as it is.
 * @param roots everything that the group evaluates
 * @param map applies a replacement to all of it
 */
export function splitAxes(
  group: Group,
  roots: readonly Expression[],
  map: (group: Group, replace: (expression: Expression) => Expression) => Group,
): Group {
  const divisors = divisorsOf(roots, group.space);
  if (divisors.every((divisor) => divisor === 1)) return group;
  const space = group.space.flatMap((extent, number) => {
    const divisor = divisors[number] ?? 1;
    return divisor === 1 ? [extent] : [extent / divisor, divisor];
  });
  const shift = space.length - group.space.length;
  const first = (number: number): number =>
    number >= group.space.length
      ? number + shift
      : number + divisors.slice(0, number).filter((divisor) => divisor > 1).length;
  const parts = (number: number): Halves => ({
    outer: axis(first(number)),
    inner: axis(first(number) + 1),
    divisor: divisors[number] ?? 1,
  });
  return { ...map(group, replacerOf(parts)), space };
}

/** The largest number that divides all that an axis is divided by in an expression, or 1 where it is not worth while. */
export function divisorOf(expression: Expression, number: number, extent: number): number {
  const extents = Array.from({ length: number + 1 }, (_, other) => (other === number ? extent : 1));
  return divisorsOf([expression], extents)[number] ?? 1;
}

/** The expression over `outer` and the axis itself, which then counts within a part: axis = outer · divisor + axis. */
export function splitAxis(expression: Expression, number: number, divisor: number, outer: number): Expression {
  return replacerOf((one) =>
    one === number
      ? { outer: axis(outer), inner: axis(number), divisor }
      : { outer: axis(one), inner: axis(one), divisor: 1 },
  )(expression);
}

/** What an axis becomes: outer · divisor + inner, or outer alone where the divisor is 1. */
interface Halves {
  readonly outer: Expression;
  readonly inner: Expression;
  readonly divisor: number;
}

function replacerOf(halvesOf: (number: number) => Halves): (expression: Expression) => Expression {
  const known = new Map<Expression, Expression>();
  // From the outside in: a quotient is recognized by the axis that it divides.
  const replace = (expression: Expression): Expression => {
    const before = known.get(expression);
    if (before !== undefined) return before;
    const own = partOf(expression);
    const halves = own === undefined ? undefined : halvesOf(own.axis);
    const replaced =
      own !== undefined && halves !== undefined && halves.divisor > 1
        ? splitPart(own, halves)
        : expression.kind === "axis"
          ? wholeAxis(halvesOf(expression.axis))
          : rebuild(expression, replace);
    known.set(expression, replaced);
    return replaced;
  };
  return replace;
}

/** What each axis of the space is cut into: the largest number that divides all that it is divided by, or 1. */
function divisorsOf(roots: readonly Expression[], space: readonly number[]): number[] {
  const divisors = space.map(() => 0);
  for (const root of roots) {
    walk(root, (expression) => {
      const part = partOf(expression);
      if (part !== undefined && part.axis < space.length) {
        divisors[part.axis] = gcd(divisors[part.axis] ?? 0, part.divisor);
      }
    });
  }
  return divisors.map((divisor, number) => {
    const extent = space[number] ?? 1;
    return divisor >= leastExtent && divisor < extent && extent % divisor === 0 ? divisor : 1;
  });
}

function partOf(expression: Expression): Part | undefined {
  if (expression.kind !== "binary" || expression.x.kind !== "axis" || expression.y.kind !== "constant")
    return undefined;
  const { operation } = expression;
  if (operation !== "floorDivide" && operation !== "modulo") return undefined;
  return { operation, axis: expression.x.axis, divisor: expression.y.value };
}

function wholeAxis({ outer, inner, divisor }: Halves): Expression {
  return divisor === 1 ? outer : plus(times(outer, divisor), inner);
}

/** A quotient or remainder of an axis that became two. */
function splitPart({ operation, divisor }: Part, { outer, inner, divisor: cut }: Halves): Expression {
  const rest = divisor / cut;
  const high = operation === "modulo" && rest === 1 ? constant(0) : outer;
  const part = rest === 1 ? high : binary(operation, high, constant(rest));
  return operation === "floorDivide" ? part : plus(times(part, cut), inner);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
