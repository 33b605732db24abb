// Windows over columns of pixels, as in depthwise convolution and pooling: which columns a loop may take side by side, and
// what each of them reads, with guards decided where the column alone decides them. Emits nothing.

import { sizeOf } from "#engine/base/shape.ts";
import { axis, binary, constant, plus, rewrite, times, walk, type Expression } from "#engine/graph/expression.ts";
import type { Group } from "#engine/compile/group.ts";
import { axesOf, isContiguousAlong, keyOf, linearExpression, linearize, type Linear } from "#engine/compile/linear.ts";
import { stagesOf } from "#engine/compile/emit-window.ts";

/** Places that the last axis of a window may have: they are written out. */
const mostSteps = 16;
/** Places of a whole window: larger ones pay for loops that know no columns. */
const mostPlaces = 256;
/** Runs of tiles that differ in what they read; each is emitted apart. */
const mostRuns = 6;
/** Sums side by side that fit the registers. */
const mostSums = 8;
/** Terms of a sum that make it worth while. */
const leastSummed = 64;

/** Tiles of columns that are emitted as one: the same guards hold in all of them. */
export interface TileRun {
  /** Numbers of the first tile and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** Columns of a tile that are there. */
  readonly columns: number;
}

export interface ColumnTiles {
  /** The axis of the columns; in tiled expressions it counts tiles. */
  readonly columnAxis: number;
  /** The axis that is written out, with what it moves over the columns. */
  readonly stepAxis: number;
  readonly channelAxis: number;
  /** Columns of a whole tile. */
  readonly width: number;
  readonly numSteps: number;
  readonly runs: readonly TileRun[];
}

/**
 * How the columns of a normalized loop group are tiled; undefined where its windows do not slide over columns of channels.
 * @param widest columns of a tile at most
 */
export function columnTilesOf(group: Group, lanes: number, widest: number): ColumnTiles | undefined {
  const { space, window, reductions, wideOutputs } = group;
  const [columnAxis, channelAxis, stepAxis] = [space.length - 2, space.length - 1, space.length + window.length - 1];
  const numSteps = window[window.length - 1] ?? 0;
  const numColumns = space[columnAxis] ?? 0;
  if (columnAxis < 0 || numSteps < 2 || numSteps > mostSteps || sizeOf(window) > mostPlaces) return undefined;
  if ((space[channelAxis] ?? 0) < lanes || numColumns < 2 || sizeOf(space) === 0) return undefined;
  if (wideOutputs.length > 0 || stagesOf(reductions).length !== 1) return undefined;
  const values = reductions.map(({ value }) => value);
  const sizes = group.inputs.map(({ type }) => [sizeOf(type.shape)]);
  if (!values.every((value) => isContiguousAlong(value, channelAxis, sizes))) return undefined;
  if (!values.some((value) => slides(value, columnAxis, stepAxis, channelAxis))) return undefined;
  const period = periodOf(values, columnAxis);
  if (period > widest) return undefined;
  const width = Math.min(widest - (widest % period), Math.ceil(numColumns / period) * period);
  return withRuns(values, { columnAxis, stepAxis, channelAxis, width, numSteps }, numColumns);
}

/**
 * How a sum over columns is tiled whose terms slide along the last axis but one of the space, as in the gradient towards a
 * depthwise filter; undefined where they do not.
 */
export function summedTilesOf(group: Group, lanes: number): ColumnTiles | undefined {
  const { space, window, reductions, wideOutputs, inputs } = group;
  const [stepAxis, channelAxis, columnAxis] = [space.length - 2, space.length - 1, space.length + window.length - 1];
  const [reduction, ...others] = reductions;
  const numSteps = space[stepAxis] ?? 0;
  const numColumns = window[window.length - 1] ?? 0;
  if (reduction?.combiner !== "sum" || reduction.type !== "f32" || others.length > 0) return undefined;
  if (wideOutputs.length > 0 || window.length === 0 || numSteps < 2 || numSteps > mostSums) return undefined;
  if ((space[channelAxis] ?? 0) < lanes || numColumns < 4 || sizeOf(window) < leastSummed) return undefined;
  const sizes = inputs.map(({ type }) => [sizeOf(type.shape)]);
  if (!isContiguousAlong(reduction.value, channelAxis, sizes)) return undefined;
  if (!slides(reduction.value, columnAxis, stepAxis, channelAxis)) return undefined;
  if (periodOf([reduction.value], columnAxis) > 1) return undefined;
  return withRuns([reduction.value], { columnAxis, stepAxis, channelAxis, width: 1, numSteps }, numColumns);
}

function withRuns(values: readonly Expression[], tiles: Tiling, numColumns: number): ColumnTiles | undefined {
  const runs = runsOf(values, tiles, numColumns);
  return runs.length > mostRuns ? undefined : { ...tiles, runs };
}

/** Whether some read of channels moves with the column and with the step. */
function slides(value: Expression, columnAxis: number, stepAxis: number, channelAxis: number): boolean {
  let does = false;
  walk(value, (part) => {
    if (part.kind !== "read") return;
    const axes = axesOf(part);
    does ||= axes.has(columnAxis) && axes.has(stepAxis) && axes.has(channelAxis);
  });
  return does;
}

/** The least number of columns after which quotients and remainders of a column's place repeat. */
function periodOf(values: readonly Expression[], columnAxis: number): number {
  let period = 1;
  for (const value of values) {
    walk(value, (part) => {
      if (part.kind !== "binary" || (part.operation !== "floorDivide" && part.operation !== "modulo")) return;
      if (part.y.kind === "constant" && axesOf(part.x).has(columnAxis)) period = leastCommon(period, part.y.value);
    });
  }
  return period;
}

function leastCommon(a: number, b: number): number {
  let [x, y] = [a, Math.max(b, 1)];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * Math.max(b, 1);
}

type Tiling = Omit<ColumnTiles, "runs">;

/** Runs of tiles in which no condition on the column changes, and the columns that are left. */
function runsOf(values: readonly Expression[], tiles: Tiling, numColumns: number): TileRun[] {
  const { width, numSteps, columnAxis } = tiles;
  const numTiles = Math.floor(numColumns / width);
  const borders = new Set([0, numTiles]);
  for (const value of values) {
    for (let step = 0; step < numSteps; step += 1) {
      for (let column = 0; column < width; column += 1) {
        const at = atColumn(value, { ...tiles, column, step });
        walk(at, (part) => {
          for (const border of changesOf(part, columnAxis)) if (border > 0 && border < numTiles) borders.add(border);
        });
      }
    }
  }
  const sorted = [...borders].toSorted((a, b) => a - b);
  const runs = sorted.slice(1).map((to, index): TileRun => ({ from: sorted[index] ?? 0, to, columns: width }));
  const left = numColumns - numTiles * width;
  return left === 0 ? runs : [...runs, { from: numTiles, to: numTiles + 1, columns: left }];
}

interface TiledPlace extends Pick<Tiling, "columnAxis" | "stepAxis" | "width"> {
  /** Inside the tile. */
  readonly column: number;
  /** Undefined for what knows no steps. */
  readonly step?: number;
}

/** An expression at one column of a tile and one step of the window: the column's axis becomes the tile's number. */
export function atColumn(value: Expression, place: TiledPlace): Expression {
  const column = plus(times(axis(place.columnAxis), place.width), place.column);
  return rewrite(value, (part) => {
    if (part.kind === "axis") {
      if (part.axis === place.columnAxis) return column;
      return part.axis === place.stepAxis && place.step !== undefined ? constant(place.step) : undefined;
    }
    return part.kind === "binary" ? divided(part) : undefined;
  });
}

/** A quotient or remainder of a sum whose terms all divide. */
function divided(part: Extract<Expression, { kind: "binary" }>): Expression | undefined {
  const { operation, x, y } = part;
  if (operation !== "floorDivide" && operation !== "modulo") return undefined;
  if (part.type !== "i32" || y.kind !== "constant" || y.value <= 0) return undefined;
  const sum = linearize(x);
  if (sum.terms.some(({ coefficient }) => coefficient % y.value !== 0)) return undefined;
  if (operation === "modulo") return constant(((sum.constant % y.value) + y.value) % y.value);
  return linearExpression({
    constant: Math.floor(sum.constant / y.value),
    terms: sum.terms.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient / y.value })),
  });
}

/** Values of the axis at which a comparison may begin to be true or false. */
function changesOf(part: Expression, axisNumber: number): number[] {
  const sum = comparedAlong(part, axisNumber);
  const [term] = sum?.terms ?? [];
  if (sum === undefined || term === undefined) return [];
  const root = -sum.constant / term.coefficient;
  return [Math.floor(root), Math.ceil(root), Math.floor(root) + 1];
}

/** `x - y` of a comparison that depends on this axis alone. */
function comparedAlong(part: Expression, axisNumber: number): Linear | undefined {
  if (part.kind !== "binary" || part.x.type !== "i32" || !isComparison(part.operation)) return undefined;
  const sum = linearize(binary("subtract", part.x, part.y));
  const [term, ...others] = sum.terms;
  if (others.length > 0) return undefined;
  return term === undefined || (term.atom.kind === "axis" && term.atom.axis === axisNumber) ? sum : undefined;
}

function isComparison(operation: string): boolean {
  return operation === "less" || operation === "lessEqual" || operation === "equal";
}

/** The expression where the tiles of a run alone decide: the comparisons that all of them answer alike are answered. */
export function inRun(value: Expression, run: TileRun, columnAxis: number): Expression {
  return rewrite(value, (part) => {
    const sum = comparedAlong(part, columnAxis);
    if (part.kind !== "binary" || sum === undefined) return undefined;
    const [first, last] = [run.from, run.to - 1].map((at) => holds(part.operation, valueAt(sum, at)));
    const isMonotone = part.operation !== "equal" || run.to - run.from === 1 || sum.terms.length === 0;
    return first === last && isMonotone ? constant(first === true ? 1 : 0, "bool") : undefined;
  });
}

function valueAt(sum: Linear, at: number): number {
  return sum.constant + (sum.terms[0]?.coefficient ?? 0) * at;
}

function holds(operation: string, difference: number): boolean {
  if (operation === "equal") return difference === 0;
  return operation === "less" ? difference < 0 : difference <= 0;
}

/** The one condition of all guards left in these values, if it knows neither columns nor channels. */
export function rowCondition(values: readonly Expression[], tiles: Tiling): Expression | undefined {
  const conditions = new Map<string, Expression>();
  for (const value of values) {
    walk(value, (part) => {
      if (part.kind === "guarded") conditions.set(keyOf(part.condition), part.condition);
    });
  }
  const [condition, ...others] = [...conditions.values()];
  if (condition === undefined || others.length > 0) return undefined;
  const axes = axesOf(condition);
  return axes.has(tiles.columnAxis) || axes.has(tiles.channelAxis) ? undefined : condition;
}

/** The value where a condition is known. */
export function where(value: Expression, condition: Expression, isTrue: boolean): Expression {
  const key = keyOf(condition);
  return rewrite(value, (part) => {
    if ((part.kind !== "guarded" && part.kind !== "select") || keyOf(part.condition) !== key) return undefined;
    if (part.kind === "select") return isTrue ? part.x : part.y;
    return isTrue ? part.value : constant(0, part.type);
  });
}
