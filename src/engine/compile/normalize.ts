// Makes a group's loops few and long: axes of extent 1 go, neighbouring axes that every read walks as one are merged,
// and reads become flat positions. Meaning and memory layout stay.

import { stridesOf } from "#engine/base/shape.ts";
import { axis, constant, partsOf, read, rewrite, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import { linearExpression, linearize, linearPlace, strideAlong, type Linear } from "#engine/compile/linear.ts";
import type { Contraction, Group } from "#engine/compile/group.ts";
import { splitAxes } from "#engine/compile/split-axes.ts";

/** An expression whose reads have one flat position each. */
export function flattenReads(expression: Expression, inputs: readonly Node[]): Expression {
  return rewrite(expression, (part) => {
    if (part.kind !== "read") return undefined;
    // What lies after the inputs is temporary memory of the group, read by flat positions already.
    const strides = stridesOf(inputs[part.operand]?.type.shape ?? [1]);
    return { ...part, at: [linearExpression(linearPlace(part.at, strides))] };
  });
}

/** A loop group (no contraction) with flat reads and as few axes as its reads allow. */
export function normalizeLoops(given: Group): Group {
  const flat = withSplitAxes(mapExpressions(given, (expression) => flattenReads(expression, given.inputs)));
  const spaceRank = flat.space.length;
  const extents = [...flat.space, ...flat.window];
  const numbers = extents.map((_, number) => number);
  const merged = mergeRuns(
    [...rootsOf(flat), ...placesOf(flat)],
    extents,
    (number) => number < spaceRank,
    numbers.filter((number) => extents[number] !== 1),
  );
  const replacement: Expression[] = extents.map(() => constant(0));
  merged.forEach((run, index) => {
    const last = run.axes[run.axes.length - 1];
    if (last !== undefined) replacement[last] = axis(index);
  });
  const substituted = mapExpressions(flat, (expression) =>
    rewrite(expression, (part) => {
      if (part.kind === "axis") return replacement[part.axis];
      return part.kind === "read" ? { ...part, at: part.at.map((at) => linearExpression(linearize(at))) } : undefined;
    }),
  );
  const isSpace = (run: Run): boolean => (run.axes[0] ?? 0) < spaceRank;
  return {
    ...substituted,
    space: merged.filter(isSpace).map((run) => run.extent),
    window: merged.filter((run) => !isSpace(run)).map((run) => run.extent),
  };
}

function withSplitAxes(flat: Group): Group {
  return splitAxes(flat, [...rootsOf(flat), ...placesOf(flat)], mapExpressions);
}

/** The expression with one axis walked as part of the next, of this extent; undefined where they are walked apart. */
export function mergeInto(expression: Expression, left: number, right: number, extent: number): Expression | undefined {
  if (!canMerge(usageOf([expression]), left, right, extent)) return undefined;
  return rewrite(expression, (part) => {
    if (part.kind === "axis") return part.axis === left ? constant(0) : undefined;
    return part.kind === "read" ? { ...part, at: part.at.map((at) => linearExpression(linearize(at))) } : undefined;
  });
}

/** Everything that a group evaluates. */
export function rootsOf({ reductions, outputs, wideOutputs }: Group): Expression[] {
  return [...reductions, ...outputs, ...wideOutputs].map(({ value }) => value);
}

/** What is written to a place counts as a read of it: its axes may be merged only where memory allows. */
function placesOf({ wideOutputs }: Group): Expression[] {
  return wideOutputs.map(({ position }) => read(0, [position], "f32"));
}

export function mapExpressions(group: Group, replace: (expression: Expression) => Expression): Group {
  return {
    ...group,
    reductions: group.reductions.map((reduction) => ({ ...reduction, value: replace(reduction.value) })),
    outputs: group.outputs.map((output) => ({ ...output, value: replace(output.value) })),
    wideOutputs: group.wideOutputs.map((output) => ({
      ...output,
      value: replace(output.value),
      position: linearExpression(linearize(replace(output.position))),
    })),
  };
}

interface Run {
  readonly axes: readonly number[];
  readonly extent: number;
}

/** Axes of one side joined with their successor where all roots allow; the last axis of a run stands for it. */
function mergeRuns(
  roots: readonly Expression[],
  extents: readonly number[],
  sideOf: (number: number) => unknown,
  numbers: readonly number[],
): Run[] {
  const usage = usageOf(roots);
  const runs: Run[] = [];
  for (const number of numbers) {
    const previous = runs[runs.length - 1];
    const left = previous?.axes[previous.axes.length - 1];
    const extent = extents[number] ?? 1;
    const isSameSide = left !== undefined && sideOf(left) === sideOf(number);
    if (previous !== undefined && left !== undefined && isSameSide && canMerge(usage, left, number, extent)) {
      runs[runs.length - 1] = { axes: [...previous.axes, number], extent: previous.extent * extent };
    } else {
      runs.push({ axes: [number], extent });
    }
  }
  return runs;
}

/** How expressions use axes: as values, and in the positions of reads. */
interface Usage {
  readonly values: ReadonlySet<number>;
  readonly positions: readonly Linear[];
}

function usageOf(roots: readonly Expression[]): Usage {
  const values = new Set<number>();
  const positions: Linear[] = [];
  const seen = new Set<Expression>();
  const enter = (part: Expression): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.kind === "axis") values.add(part.axis);
    // What a position reads in turn is an atom of it: an axis there has no stride, and is not merged.
    else if (part.kind === "read") positions.push(...part.at.map(linearize));
    else partsOf(part).forEach(enter);
  };
  roots.forEach(enter);
  return { values, positions };
}

/** Whether two axes are walked as one: nothing uses them apart, and one step of the left is `extent` of the right. */
function canMerge({ values, positions }: Usage, left: number, right: number, extent: number): boolean {
  if (values.has(left) || values.has(right)) return false;
  return positions.every((linear) => {
    const outer = strideAlong(linear, left);
    const inner = strideAlong(linear, right);
    return outer !== undefined && inner !== undefined && outer === inner * extent;
  });
}

/** A contraction group with flat reads, its axes merged where everything walks them as one; those of the window stay. */
export function normalizeProduct(group: Group, contraction: Contraction): { group: Group; contraction: Contraction } {
  const rank = group.space.length;
  const outer = rank + group.window.length;
  const extents = [...group.space, ...group.window, ...contraction.extents];
  const flat = mapExpressions(group, (expression) => flattenReads(expression, group.inputs));
  const left = flattenReads(contraction.left, group.inputs);
  const right = flattenReads(contraction.right, group.inputs);
  const isWindow = (number: number): boolean => number >= rank && number < outer;
  const runs = mergeRuns(
    [...rootsOf(flat), left, right],
    extents,
    (number) => (isWindow(number) ? number : number < rank),
    extents.flatMap((extent, number) => (extent === 1 && !isWindow(number) ? [] : [number])),
  );
  const replacement: Expression[] = extents.map(() => constant(0));
  runs.forEach((run, index) => {
    const last = run.axes[run.axes.length - 1];
    if (last !== undefined) replacement[last] = axis(index);
  });
  const rename = (expression: Expression): Expression =>
    rewrite(expression, (part) => {
      if (part.kind === "axis") return replacement[part.axis];
      return part.kind === "read" ? { ...part, at: part.at.map((at) => linearExpression(linearize(at))) } : undefined;
    });
  const extentsWhere = (holds: (number: number) => boolean): number[] =>
    runs.filter((run) => holds(run.axes[0] ?? 0)).map((run) => run.extent);
  const merged: Contraction = {
    ...contraction,
    extents: extentsWhere((number) => number >= outer),
    left: rename(left),
    right: rename(right),
  };
  const renamed = mapExpressions(flat, rename);
  const space = extentsWhere((number) => number < rank);
  return { group: { ...renamed, space, contraction: merged }, contraction: merged };
}
