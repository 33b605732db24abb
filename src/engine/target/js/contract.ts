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
  const unordered = axes.map((extent, axis) => ({
    axis,
    extent,
    steps: [at(x.position.coefficients, axis), at(y.position.coefficients, axis), at(strides, axis)] as const,
  }));
  const order = chooseOrder(unordered, constraints);
  const loops = order.map((loop, depth): Loop => {
    const later = order.slice(depth + 1);
    const own = constraints.filter(
      (one) => at(one.coefficients, loop.axis) !== 0 && later.every((other) => at(one.coefficients, other.axis) === 0),
    );
    return { ...loop, constraints: own };
  });
  runLoops(loops, { left: x.data, right: y.data, out }, [x.position.constant, y.position.constant]);
  return out;
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

type Unordered = Omit<Loop, "constraints">;

/** Innermost the axis that walks memory best; before it, if that is an output axis, a summed axis of its own guards. */
function chooseOrder(loops: readonly Unordered[], constraints: readonly Affine[]): Unordered[] {
  const cost = (loop: Unordered): number => {
    const walks = loop.steps.reduce((sum, step) => sum + (step === 0 ? 0 : Math.abs(step) === 1 ? 1 : 8), 0);
    return walks + (loop.extent < 8 ? 6 : 0) + (loop.extent === 1 ? 100 : 0);
  };
  const isTied = (a: Unordered, b: Unordered): boolean =>
    constraints.some((one) => at(one.coefficients, a.axis) !== 0 && at(one.coefficients, b.axis) !== 0);
  const sorted = loops.toSorted((a, b) => cost(a) - cost(b));
  const inner = sorted[0];
  if (inner === undefined) return [];
  const partner = sorted.find((loop) => loop !== inner && loop.steps[2] === 0 && !isTied(loop, inner));
  const chosen = partner === undefined || inner.steps[2] === 0 ? [inner] : [partner, inner];
  return [...loops.filter((loop) => !chosen.includes(loop)), ...chosen];
}

function runLoops(loops: readonly Loop[], arrays: Contraction, start: readonly [number, number]): void {
  const places = Array.from<number>({ length: loops.length }).fill(0);
  const numPaired = hasPair(loops) ? 2 : Math.min(loops.length, 1);
  const enter = (depth: number, left: number, right: number, out: number): void => {
    if (depth === loops.length - numPaired) {
      runInner(loops.slice(depth), arrays, [left, right, out], (loop) => rangeOf(loop, places));
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

function hasPair(loops: readonly Loop[]): boolean {
  const inner = loops.at(-1);
  const outer = loops.at(-2);
  return inner !== undefined && outer !== undefined && inner.steps[2] !== 0 && outer.steps[2] === 0;
}

/** The places of a loop that its constraints allow, given those of the loops around it; later loops stand at 0. */
function rangeOf(loop: Loop, places: readonly number[]): readonly [number, number] {
  let low = 0;
  let high = loop.extent;
  for (const { constant, coefficients } of loop.constraints) {
    let rest = constant;
    for (let axis = 0; axis < coefficients.length; axis += 1) {
      if (axis !== loop.axis) rest += (coefficients[axis] ?? 0) * (places[axis] ?? 0);
    }
    const factor = coefficients[loop.axis] ?? 0;
    if (factor > 0) low = Math.max(low, Math.ceil(-rest / factor));
    else high = Math.min(high, Math.floor(rest / -factor) + 1);
  }
  return [low, high];
}

function runInner(
  loops: readonly Loop[],
  arrays: Contraction,
  start: readonly [number, number, number],
  range: (loop: Loop) => readonly [number, number],
): void {
  const inner = loops.at(-1);
  if (inner === undefined) {
    arrays.out[start[2]] = (arrays.out[start[2]] ?? 0) + (arrays.left[start[0]] ?? 0) * (arrays.right[start[1]] ?? 0);
    return;
  }
  const [low, high] = range(inner);
  if (low >= high) return;
  const [leftStep, rightStep, outStep] = inner.steps;
  const from = [start[0] + low * leftStep, start[1] + low * rightStep, start[2] + low * outStep] as const;
  if (outStep === 0) {
    sumProducts(arrays, from, inner.steps, high - low);
    return;
  }
  const outer = loops.length === 2 ? loops[0] : undefined;
  if (outer === undefined) {
    addScaled(arrays, from, inner.steps, high - low);
    return;
  }
  const [first, end] = range(outer);
  const [outerLeft, outerRight] = outer.steps;
  let place = first;
  for (; place + 4 <= end; place += 4) {
    const left = from[0] + place * outerLeft;
    const right = from[1] + place * outerRight;
    addScaled4(arrays, [left, right, from[2]], [outerLeft, outerRight], inner.steps, high - low);
  }
  for (; place < end; place += 1) {
    addScaled(arrays, [from[0] + place * outerLeft, from[1] + place * outerRight, from[2]], inner.steps, high - low);
  }
}

type Triple = readonly [number, number, number];

function sumProducts({ left, right, out }: Contraction, start: Triple, steps: Triple, count: number): void {
  let [l, r] = start;
  const [leftStep, rightStep] = steps;
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 2 <= count; i += 2) {
    even += (left[l] ?? 0) * (right[r] ?? 0);
    odd += (left[l + leftStep] ?? 0) * (right[r + rightStep] ?? 0);
    l += 2 * leftStep;
    r += 2 * rightStep;
  }
  if (i < count) even += (left[l] ?? 0) * (right[r] ?? 0);
  out[start[2]] = (out[start[2]] ?? 0) + even + odd;
}

function addScaled({ left, right, out }: Contraction, start: Triple, steps: Triple, count: number): void {
  let [l, r, o] = start;
  for (let i = 0; i < count; i += 1) {
    out[o] = (out[o] ?? 0) + (left[l] ?? 0) * (right[r] ?? 0);
    l += steps[0];
    r += steps[1];
    o += steps[2];
  }
}

/** Four places of the summed axis at once: a quarter of the loads and stores of the result. */
function addScaled4(
  { left, right, out }: Contraction,
  start: Triple,
  outer: readonly [number, number],
  steps: Triple,
  count: number,
): void {
  let [l, r, o] = start;
  const [leftStep, rightStep, outStep] = steps;
  const [l1, r1] = outer;
  const [l2, r2, l3, r3] = [2 * l1, 2 * r1, 3 * l1, 3 * r1];
  for (let i = 0; i < count; i += 1) {
    const first = (left[l] ?? 0) * (right[r] ?? 0) + (left[l + l1] ?? 0) * (right[r + r1] ?? 0);
    const second = (left[l + l2] ?? 0) * (right[r + r2] ?? 0) + (left[l + l3] ?? 0) * (right[r + r3] ?? 0);
    out[o] = (out[o] ?? 0) + first + second;
    l += leftStep;
    r += rightStep;
    o += outStep;
  }
}
