// Places of a loop kernel whose whole window lies inside: there guards need not be asked.

import { sizeOf } from "#engine/base/shape.ts";
import { all, axis, constant, rewrite, substituteAxes, walk, type Expression } from "#engine/graph/expression.ts";
import type { Group } from "#engine/compile/group.ts";
import { axesOf, keyOf, linearize } from "#engine/compile/linear.ts";

export interface Interior {
  /** Over the axes of the space but the last: whether no guard of the window would hold anything back. */
  readonly condition: Expression;
  /** The same group for such places. */
  readonly group: Group;
}

/** Windows of more places are walked with their guards. */
const mostPlaces = 64;

/** How the inside of a group's space is told from its border; undefined where it has none, or guards are no boxes. */
export function interiorOf(group: Group): Interior | undefined {
  const { space, window, reductions } = group;
  if (window.length === 0 || sizeOf(window) > mostPlaces || group.wideOutputs.length > 0) return undefined;
  const guards = new Map<string, Expression>();
  for (const { value } of reductions) {
    walk(value, (part) => {
      if (part.kind === "guarded") guards.set(keyOf(part.condition), part.condition);
    });
  }
  const conditions = [...guards.values()];
  const isUsable = (condition: Expression): boolean => isBox(condition) && !axesOf(condition).has(space.length - 1);
  if (conditions.length === 0 || !conditions.every(isUsable)) return undefined;
  // A box that holds two opposite corners of the window holds all of it.
  const corners = [window.map(() => 0), window.map((extent) => extent - 1)].map((corner) => [
    ...space.map((_, number) => axis(number)),
    ...corner.map((place) => constant(place)),
  ]);
  const tests = new Map<string, Expression>();
  for (const corner of corners) {
    for (const condition of conditions) {
      for (const part of conjuncts(substituteAxes(condition, corner))) tests.set(keyOf(part), part);
    }
  }
  const inside = (value: Expression): Expression =>
    rewrite(value, (part) => {
      if (part.kind === "guarded") return part.value;
      return part.kind === "select" && guards.has(keyOf(part.condition)) ? part.x : undefined;
    });
  return {
    condition: all([...tests.values()]),
    group: { ...group, reductions: reductions.map((one) => ({ ...one, value: inside(one.value) })) },
  };
}

/** The parts that must all hold. */
function conjuncts(condition: Expression): Expression[] {
  const isBoth = condition.kind === "binary" && condition.operation === "and";
  return isBoth ? [...conjuncts(condition.x), ...conjuncts(condition.y)] : [condition];
}

/** Whether a condition is that sums of axes lie between bounds. */
function isBox(condition: Expression): boolean {
  return conjuncts(condition).every((part) => {
    if (part.kind !== "binary" || (part.operation !== "less" && part.operation !== "lessEqual")) return false;
    return [part.x, part.y].every((side) => linearize(side).terms.every(({ atom }) => atom.kind === "axis"));
  });
}
