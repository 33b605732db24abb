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
  const known = new Map<Expression, Expression>();
  // From the outside in: a quotient is recognized by the axis that it divides.
  const replace = (expression: Expression): Expression => {
    const before = known.get(expression);
    if (before !== undefined) return before;
    const own = partOf(expression);
    const divisor = divisors[own?.axis ?? -1] ?? 1;
    const replaced =
      own !== undefined && divisor > 1
        ? splitPart(own, divisor, first(own.axis))
        : expression.kind === "axis"
          ? wholeAxis(first(expression.axis), divisors[expression.axis] ?? 1)
          : rebuild(expression, replace);
    known.set(expression, replaced);
    return replaced;
  };
  return { ...map(group, replace), space };
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

function wholeAxis(outer: number, divisor: number): Expression {
  return divisor === 1 ? axis(outer) : plus(times(axis(outer), divisor), axis(outer + 1));
}

/** A quotient or remainder of an axis that became two, of which `outer` is the first. */
function splitPart({ operation, divisor }: Part, cut: number, outer: number): Expression {
  const rest = divisor / cut;
  const high = operation === "modulo" && rest === 1 ? constant(0) : axis(outer);
  const part = rest === 1 ? high : binary(operation, high, constant(rest));
  return operation === "floorDivide" ? part : plus(times(part, cut), axis(outer + 1));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
