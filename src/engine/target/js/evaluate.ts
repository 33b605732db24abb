// Evaluates expressions over runs of places: each part of an expression is computed for a block of places at once, so
// that interpreting costs little a place. Places run row-major over the axes.

import { BugError } from "#engine/base/error.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import { philoxWord } from "#engine/base/philox.ts";
import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { walk, type Expression } from "#engine/graph/expression.ts";
import { affinePosition, type Affine } from "#engine/target/js/affine.ts";
import { at } from "#engine/target/js/list.ts";
import { applyBinary, normalizeBlock, unaryFunctions, type Block } from "#engine/target/js/scalar.ts";
import { numbersOf, type Precision, type Value } from "#engine/target/js/values.ts";

/** Places computed at once: the blocks of an expression stay in the first cache. */
export const blockSize = 512;

type Step = (start: number, count: number) => void;

interface Context {
  readonly axes: readonly number[];
  readonly inputs: readonly Value[];
  readonly precision: Precision;
  /** Parts that are reached without passing a guard: their reads must be inside. */
  readonly strict: ReadonlySet<Expression>;
  readonly blocks: Map<Expression, Block>;
}

/**
 * A function that computes several expressions for places `start` to `start + count` over axes of these extents; its
 * results are overwritten by the next call.
 */
export function compileExpressions(
  expressions: readonly Expression[],
  axes: readonly number[],
  inputs: readonly Value[],
  precision: Precision,
): (start: number, count: number) => readonly Block[] {
  const strict = new Set<Expression>();
  for (const expression of expressions) markStrict(expression, strict);
  const context: Context = { axes, inputs, precision, strict, blocks: new Map() };
  const steps: Step[] = [];
  for (const expression of expressions) {
    walk(expression, (part) => {
      if (context.blocks.has(part)) return;
      const block = new Float64Array(Math.min(blockSize, Math.max(sizeOf(axes), 1)));
      context.blocks.set(part, block);
      steps.push(compileStep(part, block, context));
    });
  }
  const results = expressions.map((expression) => blockOf(expression, context));
  return (start, count) => {
    for (const step of steps) step(start, count);
    return results;
  };
}

function markStrict(expression: Expression, strict: Set<Expression>): void {
  if (strict.has(expression)) return;
  strict.add(expression);
  switch (expression.kind) {
    case "guarded":
      markStrict(expression.condition, strict);
      return;
    case "read":
      for (const place of expression.at) markStrict(place, strict);
      return;
    case "unary":
      markStrict(expression.x, strict);
      return;
    case "binary":
      markStrict(expression.x, strict);
      markStrict(expression.y, strict);
      return;
    case "select":
      for (const part of [expression.condition, expression.x, expression.y]) markStrict(part, strict);
      return;
    case "random":
      for (const part of [...expression.key, expression.stream, expression.index]) markStrict(part, strict);
      return;
    default:
  }
}

function blockOf(expression: Expression, context: Context): Block {
  const block = context.blocks.get(expression);
  if (block === undefined) throw new BugError(`A part of kind ${expression.kind} was used before it was computed.`);
  return block;
}

function compileStep(part: Expression, out: Block, context: Context): Step {
  switch (part.kind) {
    case "constant":
      out.fill(context.precision === "f32" && part.type === "f32" ? Math.fround(part.value) : part.value);
      return () => {};
    case "axis":
      return axisStep(part.axis, out, context.axes);
    case "read":
      return readStep(part, out, context);
    case "unary":
      return unaryStep(part, out, context);
    case "binary":
      return binaryStep(part, out, context);
    case "select":
      return selectStep(part, out, context);
    case "guarded": {
      const condition = blockOf(part.condition, context);
      const value = blockOf(part.value, context);
      return (_start, count) => {
        for (let i = 0; i < count; i += 1) out[i] = condition[i] === 0 ? 0 : (value[i] ?? 0);
      };
    }
    case "random":
      return randomStep(part, out, context);
    case "accumulator":
      throw new BugError("An accumulator appeared outside a fused kernel.");
    default:
      return part satisfies never;
  }
}

function unaryStep(part: Extract<Expression, { kind: "unary" }>, out: Block, context: Context): Step {
  const x = blockOf(part.x, context);
  const one = unaryFunctions[part.operation];
  return (_start, count) => {
    for (let i = 0; i < count; i += 1) out[i] = one(x[i] ?? 0);
    normalizeBlock(out, part.type, count, context.precision);
  };
}

function binaryStep(part: Extract<Expression, { kind: "binary" }>, out: Block, context: Context): Step {
  const operands = [blockOf(part.x, context), blockOf(part.y, context)] as const;
  return (_start, count) => {
    applyBinary(part.operation, part.x.type, out, operands, count);
    normalizeBlock(out, part.type, count, context.precision);
  };
}

function selectStep(part: Extract<Expression, { kind: "select" }>, out: Block, context: Context): Step {
  const condition = blockOf(part.condition, context);
  const x = blockOf(part.x, context);
  const y = blockOf(part.y, context);
  return (_start, count) => {
    for (let i = 0; i < count; i += 1) out[i] = (condition[i] === 0 ? y[i] : x[i]) ?? 0;
  };
}

function randomStep(part: Extract<Expression, { kind: "random" }>, out: Block, context: Context): Step {
  const [key0, key1, stream, index] = [part.key[0], part.key[1], part.stream, part.index].map((one) =>
    blockOf(one, context),
  );
  return (_start, count) => {
    for (let i = 0; i < count; i += 1) {
      out[i] = philoxWord([key0?.[i] ?? 0, key1?.[i] ?? 0], stream?.[i] ?? 0, part.domain, index?.[i] ?? 0);
    }
  };
}

function axisStep(axis: number, out: Block, axes: readonly number[]): Step {
  const stride = at(stridesOf(axes), axis);
  const extent = at(axes, axis);
  return (start, count) => {
    let value = Math.floor(start / stride) % extent;
    let left = stride - (start % stride);
    for (let i = 0; i < count; i += 1) {
      out[i] = value;
      left -= 1;
      if (left === 0) {
        left = stride;
        value = value + 1 === extent ? 0 : value + 1;
      }
    }
  };
}

function readStep(part: Extract<Expression, { kind: "read" }>, out: Block, context: Context): Step {
  const value = at(context.inputs, part.operand);
  const source = numbersOf(value);
  const isStrict = context.strict.has(part);
  const strides = stridesOf(value.type.shape);
  const position = affinePosition(part.at, strides, context.axes.length);
  if (position !== undefined) return affineReadStep(position, source, out, context.axes, isStrict);
  const places = part.at.map((place) => blockOf(place, context));
  return (_start, count) => {
    for (let i = 0; i < count; i += 1) {
      let index = 0;
      for (let axis = 0; axis < places.length; axis += 1) index += (places[axis]?.[i] ?? 0) * (strides[axis] ?? 0);
      if (isStrict && !(index >= 0 && index < source.length)) throw outside(index, source.length);
      out[i] = source[index] ?? 0;
    }
  };
}

/** Reads at a linear function of the axes, run by run of the innermost axes that it steps through evenly. */
function affineReadStep(
  position: Affine,
  source: HostArray,
  out: Block,
  axes: readonly number[],
  isStrict: boolean,
): Step {
  const { extents, steps } = mergeAxes(axes, position.coefficients);
  const strides = stridesOf(extents);
  const length = extents.at(-1) ?? 1;
  const step = steps.at(-1) ?? 0;
  return (start, count) => {
    let done = 0;
    while (done < count) {
      const place = start + done;
      const inRun = place % length;
      const run = Math.min(count - done, length - inRun);
      let index = position.constant;
      for (let axis = 0; axis < extents.length; axis += 1) {
        index += (Math.floor(place / (strides[axis] ?? 1)) % (extents[axis] ?? 1)) * (steps[axis] ?? 0);
      }
      const last = index + (run - 1) * step;
      if (Math.min(index, last) >= 0 && Math.max(index, last) < source.length) {
        for (let i = 0; i < run; i += 1) out[done + i] = source[index + i * step] ?? 0;
      } else if (isStrict) {
        throw outside(index, source.length);
      } else {
        for (let i = 0; i < run; i += 1) {
          const from = index + i * step;
          out[done + i] = from >= 0 && from < source.length ? (source[from] ?? 0) : 0;
        }
      }
      done += run;
    }
  };
}

/** Axes of extent 1 left out and neighbours joined where one step of the outer is all steps of the inner. */
function mergeAxes(axes: readonly number[], coefficients: readonly number[]): { extents: number[]; steps: number[] } {
  const extents: number[] = [];
  const steps: number[] = [];
  for (const [axis, extent] of axes.entries()) {
    if (extent === 1) continue;
    const step = at(coefficients, axis);
    const last = extents.length - 1;
    if (last >= 0 && at(steps, last) === step * extent) {
      extents[last] = at(extents, last) * extent;
      steps[last] = step;
    } else {
      extents.push(extent);
      steps.push(step);
    }
  }
  return { extents, steps };
}

function outside(index: number, size: number): BugError {
  return new BugError(`A read of element ${index} of ${size} has no guard.`);
}
