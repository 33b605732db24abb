// Resizing along axes. Each axis is done by itself: rows are chosen (nearest), or mixed by a matrix that is made on the host.

import { normalizeAxis } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { gather } from "../movement.ts";
import {
  flag,
  input,
  numberOf,
  numbersAttribute,
  optionalNumbers,
  textOf,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { inParts, onHost } from "../limits.ts";
import { computed, known, knownNumbers, type TensorValue } from "../value.ts";

/** One axis that is resized. */
interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Part of the axis that is kept, for tf_crop_and_resize. */
  readonly region: readonly [start: number, end: number];
}

function axesOf(call: Call, x: TensorValue): Axis[] {
  const rank = x.shape.length;
  const chosen = (numbersAttribute(call, "axes") ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normalizeAxis(axis, rank, "Resize"),
  );
  const isUpsample = call.node.operator === "Upsample" || call.opset < 11;
  const given = optionalNumbers(call, isUpsample ? 1 : 2) ?? numbersAttribute(call, "scales");
  const scales = given === undefined || given.length === 0 ? undefined : given;
  const sizes = isUpsample ? undefined : optionalNumbers(call, 3);
  const region = optionalNumbers(call, isUpsample ? 3 : 1);
  const wanted =
    sizes === undefined
      ? undefined
      : policySizes(
          call,
          chosen.map((axis) => x.shape[axis] ?? 1),
          sizes,
        );
  if (scales === undefined && wanted === undefined) throw wrongNode(call, "neither scales nor sizes");
  return chosen.map((axis, index) => {
    const from = x.shape[axis] ?? 1;
    const to = wanted?.sizes[index] ?? Math.floor(from * (scales?.[index] ?? 1));
    const scale = wanted?.scale ?? scales?.[index] ?? to / from;
    const bounds: [number, number] = [region?.[index] ?? 0, region?.[index + chosen.length] ?? 1];
    return {
      axis,
      from,
      to,
      scale: scales === undefined && wanted?.scale === undefined ? to / from : scale,
      region: bounds,
    };
  });
}

/** Sizes that keep the proportions, where that is asked for. */
function policySizes(
  call: Call,
  extents: readonly number[],
  sizes: readonly number[],
): { readonly sizes: readonly number[]; readonly scale: number | undefined } {
  const policy = textOf(call, "keep_aspect_ratio_policy", "stretch");
  if (policy === "stretch") return { sizes, scale: undefined };
  const ratios = sizes.map((size, index) => size / (extents[index] ?? 1));
  const scale = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return { sizes: extents.map((extent) => Math.floor(extent * scale + 0.5)), scale };
}

/** Where each result lies on the axis it comes from. */
function coordinates(call: Call, { from, to, scale, region }: Axis): number[] {
  const mode = textOf(call, "coordinate_transformation_mode", call.opset < 11 ? "asymmetric" : "half_pixel");
  return Array.from({ length: onHost(to, "Resize") }, (_, at) => {
    switch (mode) {
      case "half_pixel":
        return (at + 0.5) / scale - 0.5;
      case "half_pixel_symmetric": {
        const adjustment = to / (scale * from);
        const centre = from / 2;
        return centre * (1 - adjustment) + (at + 0.5) / scale - 0.5;
      }
      case "pytorch_half_pixel":
        return to > 1 ? (at + 0.5) / scale - 0.5 : 0;
      case "align_corners":
        return to > 1 ? (at * (from - 1)) / (scale * from - 1) : 0;
      case "asymmetric":
        return at / scale;
      case "tf_half_pixel_for_nn":
        return (at + 0.5) / scale;
      case "tf_crop_and_resize":
        return to > 1
          ? region[0] * (from - 1) + (at * (region[1] - region[0]) * (from - 1)) / (to - 1)
          : 0.5 * (region[0] + region[1]) * (from - 1);
      default:
        throw wrongNode(call, `coordinate_transformation_mode "${mode}"`);
    }
  });
}

function nearestRow(call: Call, x: number): number {
  const mode = textOf(call, "nearest_mode", call.opset < 11 ? "floor" : "round_prefer_floor");
  if (mode === "floor") return Math.floor(x);
  if (mode === "ceil") return Math.ceil(x);
  if (mode === "round_prefer_ceil") return Math.floor(x + 0.5);
  return Math.ceil(x - 0.5);
}

/** The weight of a row at some distance. */
function kernelOf(call: Call): { readonly reach: number; readonly weight: (distance: number) => number } {
  if (textOf(call, "mode", "nearest") === "linear") return { reach: 1, weight: (x) => Math.max(1 - Math.abs(x), 0) };
  const a = numberOf(call, "cubic_coeff_a", -0.75);
  const weight = (distance: number): number => {
    const x = Math.abs(distance);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };
  return { reach: 2, weight };
}

/** [from, to]: what each row counts in each result. */
function matrixOf(call: Call, axis: Axis): Float32Array {
  const { from, to, scale } = axis;
  const { reach, weight } = kernelOf(call);
  const stretch = flag(call, "antialias") && scale < 1 ? 1 / scale : 1;
  const leavesOut = flag(call, "exclude_outside");
  const matrix = new Float32Array(onHost(from * to, "Resize"));
  coordinates(call, axis).forEach((x, at) => {
    const first = Math.floor(x - reach * stretch) + 1;
    const last = Math.ceil(x + reach * stretch) - 1;
    const count = inParts(Math.max(last - first + 1, 1), "Resize");
    const rows = Array.from({ length: count }, (_, index) => first + index);
    const isInside = (row: number): boolean => row >= 0 && row < from;
    const weights = rows.map((row) => (leavesOut && !isInside(row) ? 0 : weight((x - row) / stretch)));
    const total = weights.reduce((sum, value) => sum + value, 0);
    rows.forEach((row, index) => {
      const inside = Math.min(Math.max(row, 0), from - 1);
      matrix[inside * to + at] = (matrix[inside * to + at] ?? 0) + (weights[index] ?? 0) / total;
    });
  });
  return matrix;
}

function mixed(x: TensorValue, axis: number, matrix: Float32Array, to: number): TensorValue {
  const rank = x.shape.length;
  const toLast = [...Array.from({ length: rank }, (_, at) => at).filter((at) => at !== axis), axis];
  const rows = x.device().cast("f32").transpose(toLast);
  const from = x.shape[axis] ?? 1;
  const product = rows.reshape([-1, from]).matMul(tensor(matrix, { shape: [from, to] }));
  const shaped = product.reshape([...rows.shape.slice(0, -1), to]);
  return computed(x.type, shaped.transpose(Array.from({ length: rank }, (_, at) => toLast.indexOf(at))));
}

function resizeAxis(call: Call, x: TensorValue, axis: Axis): TensorValue {
  if (textOf(call, "mode", "nearest") !== "nearest") return mixed(x, axis.axis, matrixOf(call, axis), axis.to);
  const rows = coordinates(call, axis).map((at) => Math.min(Math.max(nearestRow(call, at), 0), axis.from - 1));
  return gather(x, knownNumbers("i64", [rows.length], rows), axis.axis);
}

function resize(call: Call): TensorValue {
  const x = input(call, 0);
  const isCrop = textOf(call, "coordinate_transformation_mode", "") === "tf_crop_and_resize";
  const axes = axesOf(call, x).filter(({ from, to, scale }) => isCrop || from !== to || scale !== 1);
  const result = axes.reduce((value, axis) => resizeAxis(call, value, axis), x);
  return isCrop ? extrapolated(call, result, axes) : result;
}

/** A number in place of what lies outside of the picture. */
function extrapolated(call: Call, x: TensorValue, axes: readonly Axis[]): TensorValue {
  const fill = numberOf(call, "extrapolation_value", 0);
  const isInside = axes.reduce<Tensor | undefined>((inside, axis) => {
    const flags = Uint8Array.from(coordinates(call, axis), (at) => Number(at >= 0 && at <= axis.from - 1));
    const own = known(
      "bool",
      x.shape.map((_, place) => (place === axis.axis ? axis.to : 1)),
      flags,
    ).device();
    return inside === undefined ? own : inside.and(own);
  }, undefined);
  return isInside === undefined ? x : computed(x.type, where(isInside, x.device(), fill));
}

export const resizeOperators: Operators = {
  Resize: { known: [1, 2, 3], run: (call) => [resize(call)] },
  Upsample: { known: [1], run: (call) => [resize(call)] },
};
