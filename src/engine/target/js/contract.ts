// Contractions of linear reads: loops over all axes, the two innermost chosen so that memory is walked in order.
// Sums are doubles. Guards narrow the loops, so that nothing is tested inside.

import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import type { Expression } from "#engine/graph/expression.ts";
import { affinePosition, constraintsOf, type Affine } from "#engine/target/js/affine.ts";
import { at } from "#engine/target/js/list.ts";
import { doublesOf, type Value } from "#engine/target/js/values.ts";

interface LinearRead {
  readonly data: Float64Array;
  readonly position: Affine;
  readonly constraints: readonly Affine[];
}

interface Loop {
  readonly axis: number;
  readonly extent: number;
  /** Constraints whose last axis, in the order of the loops, is this one. */
  readonly constraints: readonly Affine[];
  /** Steps of left, right and result. */
  readonly steps: readonly [number, number, number];
}

type Unordered = Omit<Loop, "constraints">;

interface Contraction {
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly out: Float64Array;
}

/** The contraction as doubles, or undefined when a read is not linear. */
export function contract(
  left: Expression,
  right: Expression,
  output: readonly number[],
  extents: readonly number[],
  inputs: readonly Value[],
): Float64Array | undefined {
  const axes = [...output, ...extents];
  const x = linearRead(left, axes.length, inputs);
  const y = linearRead(right, axes.length, inputs);
  if (x === undefined || y === undefined) return undefined;
  const out = new Float64Array(sizeOf(output));
  const constraints = [...x.constraints, ...y.constraints];
  const isNever = constraints.some((one) => one.constant < 0 && one.coefficients.every((factor) => factor === 0));
  if (sizeOf(axes) === 0 || isNever) return out;
  const strides = [...stridesOf(output), ...extents.map(() => 0)];
  const single = axes.map((extent, axis) => ({
    axis,
    extent,
    steps: [at(x.position.coefficients, axis), at(y.position.coefficients, axis), at(strides, axis)] as const,
  }));
  const { order, numInner } = chooseOrder(mergeLoops(single, constraints), constraints);
  const loops = order.map((loop, depth): Loop => {
    const later = order.slice(depth + 1);
    const own = constraints.filter(
      (one) => at(one.coefficients, loop.axis) !== 0 && later.every((other) => at(one.coefficients, other.axis) === 0),
    );
    return { ...loop, constraints: own };
  });
  runLoops(loops, numInner, { left: x.data, right: y.data, out }, [x.position.constant, y.position.constant]);
  return out;
}

/** Neighbours without guards become one loop where one step of the outer is all steps of the inner, in every array. */
function mergeLoops(loops: readonly Unordered[], constraints: readonly Affine[]): Unordered[] {
  const isFree = (loop: Unordered): boolean => constraints.every((one) => at(one.coefficients, loop.axis) === 0);
  const merged: Unordered[] = [];
  for (const loop of loops) {
    if (loop.extent === 1 && isFree(loop)) continue;
    const last = merged.at(-1);
    const fits = last?.steps.every((step, array) => step === at(loop.steps, array) * loop.extent) ?? false;
    if (last !== undefined && fits && isFree(last) && isFree(loop)) {
      merged[merged.length - 1] = { ...loop, extent: last.extent * loop.extent };
    } else {
      merged.push(loop);
    }
  }
  return merged;
}

function linearRead(expression: Expression, numAxes: number, inputs: readonly Value[]): LinearRead | undefined {
  if (expression.kind === "guarded") {
    const inner = linearRead(expression.value, numAxes, inputs);
    const constraints = constraintsOf(expression.condition, numAxes);
    if (inner === undefined || constraints === undefined) return undefined;
    return { ...inner, constraints: [...inner.constraints, ...constraints] };
  }
  if (expression.kind !== "read") return undefined;
  const value = at(inputs, expression.operand);
  const position = affinePosition(expression.at, stridesOf(value.type.shape), numAxes);
  return position === undefined ? undefined : { data: doublesOf(value), position, constraints: [] };
}

/**
 * Innermost the axis that walks memory best, and around it one that shares work with it: a summed axis around an output
 * axis, an output axis around a summed one.
 */
function chooseOrder(
  loops: readonly Unordered[],
  constraints: readonly Affine[],
): { readonly order: Unordered[]; readonly numInner: number } {
  const cost = (loop: Unordered): number => {
    const walks = loop.steps.reduce((sum, step) => sum + (step === 0 ? 0 : Math.abs(step) === 1 ? 1 : 8), 0);
    return walks + (loop.extent < 8 ? 6 : 0);
  };
  const isTied = (a: Unordered, b: Unordered): boolean =>
    constraints.some((one) => at(one.coefficients, a.axis) !== 0 && at(one.coefficients, b.axis) !== 0);
  const sorted = loops.toSorted((a, b) => cost(a) - cost(b));
  const inner = sorted[0];
  if (inner === undefined) return { order: [], numInner: 0 };
  const partner = sorted.find((loop) => loop !== inner && sharesWork(loop, inner) && !isTied(loop, inner));
  const chosen = partner === undefined ? [inner] : [partner, inner];
  return { order: [...loops.filter((loop) => !chosen.includes(loop)), ...chosen], numInner: chosen.length };
}

/** Whether 4 places of `outer` can be computed in one run over `inner`: one factor must stand still. */
function sharesWork(outer: Unordered, inner: Unordered): boolean {
  const [innerLeft, innerRight, innerOut] = inner.steps;
  const [outerLeft, outerRight, outerOut] = outer.steps;
  if (innerOut !== 0) return outerOut === 0 && (innerLeft === 0 || innerRight === 0);
  return outerOut !== 0 && (outerLeft === 0 || outerRight === 0);
}

function runLoops(
  loops: readonly Loop[],
  numInner: number,
  arrays: Contraction,
  start: readonly [number, number],
): void {
  const places = new Int32Array(1 + Math.max(...loops.map((loop) => Math.max(loop.axis, 0)), 0));
  const inner = loops.at(-1);
  const pair = numInner === 2 ? loops.at(-2) : undefined;
  const depthOfInner = loops.length - numInner;
  const enter = (depth: number, left: number, right: number, out: number): void => {
    if (depth === depthOfInner) {
      runInner(pair, inner, arrays, [left, right, out], places);
      return;
    }
    const loop = at(loops, depth);
    const [low, high] = rangeOf(loop, places);
    const [leftStep, rightStep, outStep] = loop.steps;
    for (let place = low; place < high; place += 1) {
      places[loop.axis] = place;
      enter(depth + 1, left + place * leftStep, right + place * rightStep, out + place * outStep);
    }
    places[loop.axis] = 0;
  };
  enter(0, start[0], start[1], 0);
}

/** The places of a loop that its constraints allow, given those of the loops around it; later loops stand at 0. */
function rangeOf(loop: Loop, places: Int32Array): readonly [number, number] {
  let low = 0;
  let high = loop.extent;
  for (const { constant, coefficients } of loop.constraints) {
    let rest = constant;
    for (let axis = 0; axis < places.length; axis += 1) {
      if (axis !== loop.axis) rest += (coefficients[axis] ?? 0) * (places[axis] ?? 0);
    }
    const factor = coefficients[loop.axis] ?? 0;
    if (factor > 0) low = Math.max(low, Math.ceil(-rest / factor));
    else high = Math.min(high, Math.floor(rest / -factor) + 1);
  }
  return [low, high];
}

type Triple = readonly [left: number, right: number, out: number];

function runInner(
  outer: Loop | undefined,
  inner: Loop | undefined,
  arrays: Contraction,
  start: Triple,
  places: Int32Array,
): void {
  if (inner === undefined) {
    sumProducts(arrays, start, [0, 0, 0], 1);
    return;
  }
  const [low, high] = rangeOf(inner, places);
  if (low >= high) return;
  const from = moved(start, inner.steps, low);
  const run = inner.steps[2] === 0 ? sumProducts : addProducts;
  if (outer === undefined) {
    run(arrays, from, inner.steps, high - low);
    return;
  }
  // The factor that stands still comes first.
  const isSwapped = (inner.steps[2] === 0 ? outer.steps[0] : inner.steps[0]) !== 0;
  const ordered = isSwapped ? { ...arrays, left: arrays.right, right: arrays.left } : arrays;
  const order = (steps: Triple): Triple => (isSwapped ? [steps[1], steps[0], steps[2]] : steps);
  const four = inner.steps[2] === 0 ? sumProducts4 : addProducts4;
  const [first, end] = rangeOf(outer, places);
  let place = first;
  for (; place + 4 <= end; place += 4) {
    four(ordered, order(moved(from, outer.steps, place)), order(outer.steps), order(inner.steps), high - low);
  }
  for (; place < end; place += 1) run(arrays, moved(from, outer.steps, place), inner.steps, high - low);
}

function moved(start: Triple, steps: Triple, count: number): Triple {
  return [start[0] + count * steps[0], start[1] + count * steps[1], start[2] + count * steps[2]];
}

/** out += Σ left · right */
function sumProducts({ left, right, out }: Contraction, start: Triple, steps: Triple, count: number): void {
  let [l, r] = start;
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += (left[l] ?? 0) * (right[r] ?? 0);
    l += steps[0];
    r += steps[1];
  }
  out[start[2]] = (out[start[2]] ?? 0) + sum;
}

/** out[i] += left[i] · right[i] */
function addProducts({ left, right, out }: Contraction, start: Triple, steps: Triple, count: number): void {
  let [l, r, o] = start;
  for (let i = 0; i < count; i += 1) {
    out[o] = (out[o] ?? 0) + (left[l] ?? 0) * (right[r] ?? 0);
    l += steps[0];
    r += steps[1];
    o += steps[2];
  }
}

/** Four sums that share their left factor. */
function sumProducts4(
  { left, right, out }: Contraction,
  start: Triple,
  outer: Triple,
  steps: Triple,
  count: number,
): void {
  let [l, r0, o] = start;
  const [leftStep, rightStep] = steps;
  let r1 = r0 + outer[1];
  let r2 = r1 + outer[1];
  let r3 = r2 + outer[1];
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const x = left[l] ?? 0;
    sum0 += x * (right[r0] ?? 0);
    sum1 += x * (right[r1] ?? 0);
    sum2 += x * (right[r2] ?? 0);
    sum3 += x * (right[r3] ?? 0);
    l += leftStep;
    r0 += rightStep;
    r1 += rightStep;
    r2 += rightStep;
    r3 += rightStep;
  }
  for (const sum of [sum0, sum1, sum2, sum3]) {
    out[o] = (out[o] ?? 0) + sum;
    o += outer[2];
  }
}

/** out[i] += four left factors, which stand still, times four right ones. */
function addProducts4(
  { left, right, out }: Contraction,
  start: Triple,
  outer: Triple,
  steps: Triple,
  count: number,
): void {
  let [l, r0, o] = start;
  const [, rightStep, outStep] = steps;
  const [leftStep, next] = outer;
  const x0 = left[l] ?? 0;
  const x1 = left[l + leftStep] ?? 0;
  const x2 = left[l + 2 * leftStep] ?? 0;
  l += 3 * leftStep;
  const x3 = left[l] ?? 0;
  let r1 = r0 + next;
  let r2 = r1 + next;
  let r3 = r2 + next;
  for (let i = 0; i < count; i += 1) {
    out[o] =
      (out[o] ?? 0) + x0 * (right[r0] ?? 0) + x1 * (right[r1] ?? 0) + x2 * (right[r2] ?? 0) + x3 * (right[r3] ?? 0);
    r0 += rightStep;
    r1 += rightStep;
    r2 += rightStep;
    r3 += rightStep;
    o += outStep;
  }
}
