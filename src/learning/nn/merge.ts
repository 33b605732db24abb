// Layers that make one value of several: elementwise, one after another, or as products summed over an axis.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { broadcastShapes, sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { concat, dot as contract } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, type Layer, type LayerOptions, type Masks, type SampleType } from "./layer.ts";
import { axisOf } from "./norm.ts";
import { integer } from "#engine/base/options.ts";

/** The sum of its inputs, which broadcast. @source Keras 3, layers.Add */
export function add(options: LayerOptions = {}): Layer {
  return elementwise("add", "Add", options, (sum, x) => sum.add(x));
}

/** The first input less the second. @source Keras 3, layers.Subtract */
export function subtract(options: LayerOptions = {}): Layer {
  return elementwise("subtract", "Subtract", options, (first, second) => first.sub(second));
}

/** The product of its inputs, which broadcast. @source Keras 3, layers.Multiply */
export function multiply(options: LayerOptions = {}): Layer {
  return elementwise("multiply", "Multiply", options, (product, x) => product.mul(x));
}

/** The mean of its inputs, which broadcast. @source Keras 3, layers.Average */
export function average(options: LayerOptions = {}): Layer {
  return elementwise("average", "Average", options, (sum, x) => sum.add(x));
}

/** The largest of its inputs at each place; they broadcast. @source Keras 3, layers.Maximum */
export function maximum(options: LayerOptions = {}): Layer {
  return elementwise("maximum", "Maximum", options, (largest, x) => largest.maximum(x));
}

/** The smallest of its inputs at each place; they broadcast. @source Keras 3, layers.Minimum */
export function minimum(options: LayerOptions = {}): Layer {
  return elementwise("minimum", "Minimum", options, (least, x) => least.minimum(x));
}

function elementwise(
  kind: string,
  className: string,
  options: LayerOptions,
  join: (result: Tensor, x: Tensor) => Tensor,
): Layer {
  return makeLayer({
    kind,
    className,
    options,
    known: [],
    config: {},
    outputTypes: (inputs, label) => {
      requireInputs(inputs, label, kind === "subtract" ? 2 : undefined);
      const rank = Math.max(...inputs.map(({ shape }) => shape.length));
      const shape = inputs.map((input) => ofRank(input.shape, rank)).reduce((a, b) => broadcastShapes(a, b, label));
      const isWhole = kind !== "average" && inputs.every(({ dtype }) => dtype !== "f32");
      return [{ shape, dtype: isWhole ? "i32" : "f32" }];
    },
    call: (_weights, inputs, { masks }) => {
      const rank = Math.max(...inputs.map((x) => x.rank));
      const [first, ...others] = inputs.map((x) =>
        x.cast(x.dtype === "f32" ? "f32" : "i32").reshape([x.shape[0] ?? 1, ...ofRank(x.shape.slice(1), rank - 1)]),
      );
      if (first === undefined) throw new SinterError("shape", `${kind}: no inputs came. Give at least one.`);
      const joined = others.reduce(join, first);
      const output = kind === "average" ? joined.div(inputs.length) : joined;
      return { outputs: [output], masks: [joinedMask(masks)] };
    },
  });
}

/** A place counts that counts in any of the inputs with a mask. */
function joinedMask(masks: Masks = []): Tensor | undefined {
  const [first, ...others] = masks.filter((mask) => mask !== undefined);
  return others.reduce((joined, mask) => joined?.or(mask), first);
}

/** A sample's shape with axes of extent 1 in front, as Keras widens inputs of lower rank. */
function ofRank(shape: Shape, rank: number): number[] {
  return [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
}

function requireInputs(inputs: readonly unknown[], label: string, count?: number): void {
  if (count === undefined ? inputs.length > 0 : inputs.length === count) return;
  throw new SinterError(
    "shape",
    `${label}: ${inputs.length} inputs came, expected ${count ?? "at least 1"}. Apply it to a list of them.`,
    { count: inputs.length },
  );
}

export interface ConcatenateOptions extends LayerOptions {
  /** Counts the batch, which is 0; the last by default. */
  readonly axis?: number;
}

/** Inputs one after another along an axis; the others must be equal. @source Keras 3, layers.Concatenate */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  const kind = "concatenate";
  const axis = integer(kind, "axis", options.axis ?? -1, -8);
  return makeLayer({
    kind,
    className: "Concatenate",
    options,
    known: ["axis"],
    config: { axis },
    outputTypes: (inputs, label) => {
      requireInputs(inputs, label);
      const shapes = inputs.map(({ shape }) => shape);
      const [first = []] = shapes;
      const at = axisOf(axis, first.length + 1, label) - 1;
      const rest = (shape: Shape): Shape => shape.filter((_, index) => index !== at);
      const odd = shapes.find((shape) => shape.length !== first.length || !sameShape(rest(shape), rest(first)));
      if (odd !== undefined) throw unequalShapes(label, first, odd, `Make all axes but ${axis} equal.`);
      const extent = shapes.reduce((sum, shape) => sum + (shape[at] ?? 0), 0);
      return [
        {
          shape: first.map((old, index) => (index === at ? extent : old)),
          dtype: commonDType(inputs.map(({ dtype }) => dtype)),
        },
      ];
    },
    call: (_weights, inputs) => {
      const dtype = commonDType(inputs.map((x) => x.dtype));
      return {
        outputs: [
          concat(
            inputs.map((x) => x.cast(dtype)),
            axis,
          ),
        ],
      };
    },
  });
}

function commonDType(dtypes: readonly DType[]): DType {
  const [first = "f32"] = dtypes;
  return dtypes.every((dtype) => dtype === first) ? first : "f32";
}

export interface DotOptions extends LayerOptions {
  /** The axis of each input that is summed over, the batch counted; one number for both. */
  readonly axes: number | readonly [first: number, second: number];
  /** Divides by the inputs' lengths along these axes: cosine similarity. */
  readonly normalize?: boolean;
}

/**
 * For each sample the sums over an axis of products of the first input with the second: [batch, ...axes left of the
 * first, ...axes left of the second], [batch, 1] where none is left.
 * @source Keras 3, layers.Dot
 */
export function dot(options: DotOptions): Layer {
  const kind = "dot";
  const { normalize = false } = options;
  const given = typeof options.axes === "number" ? [options.axes, options.axes] : options.axes;
  const axes = given.map((axis) => integer(kind, "axes", axis, -8));
  const axesOf = (ranks: readonly number[], label: string): [number, number] => [
    axisOf(axes[0] ?? -1, ranks[0] ?? 0, label),
    axisOf(axes[1] ?? -1, ranks[1] ?? 0, label),
  ];
  return makeLayer({
    kind,
    className: "Dot",
    options,
    known: ["axes", "normalize"],
    config: { axes: typeof options.axes === "number" ? options.axes : axes, normalize },
    outputTypes: (inputs, label) => [dotType(inputs, (ranks) => axesOf(ranks, label), label)],
    call: (_weights, [left, right]) => {
      if (left === undefined || right === undefined) throw new SinterError("shape", "dot: expected 2 inputs.");
      const [first, second] = axesOf([left.rank, right.rank], kind);
      const [x, y] = normalize ? [unit(left, first), unit(right, second)] : [left, right];
      const product = contract(x, y, {
        leftContract: [first],
        rightContract: [second],
        leftBatch: [0],
        rightBatch: [0],
      });
      return { outputs: [product.rank === 1 ? product.expandDims(1) : product] };
    },
  });
}

function dotType(
  inputs: readonly SampleType[],
  axesOf: (ranks: readonly number[]) => readonly [number, number],
  label: string,
): SampleType {
  requireInputs(inputs, label, 2);
  const [left = [], right = []] = inputs.map(({ shape }) => shape);
  const [first, second] = axesOf([left.length + 1, right.length + 1]);
  if (left[first - 1] !== right[second - 1]) {
    throw unequalShapes(label, left, right, `Axis ${first} of the first must be as long as ${second} of the second.`);
  }
  const shape = [...left.filter((_, axis) => axis !== first - 1), ...right.filter((_, axis) => axis !== second - 1)];
  return { shape: shape.length === 0 ? [1] : shape, dtype: "f32" };
}

/** Of length 1 along an axis; beyond 1e7 times as long it is not made. */
function unit(x: Tensor, axis: number): Tensor {
  const length = x.square().sum([axis], { keepDims: true }).sqrt();
  return x.mul(length.pow(-1).minimum(1e7));
}

function unequalShapes(label: string, first: Shape, odd: Shape, advice: string): SinterError {
  return new SinterError("shape", `${label}: inputs ${shapeText(first)} and ${shapeText(odd)} do not fit. ${advice}`, {
    first,
    odd,
  });
}
