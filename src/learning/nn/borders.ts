// Layers that put zeros around the spatial axes, or cut their ends off.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, type Shape } from "#engine/base/shape.ts";
import { channelsOf } from "./conv.ts";
import { type SpatialOptions, makeLayer, single, singleOfRank, type Layer, type LayerOptions } from "./layer.ts";
import { integer } from "#engine/base/options.ts";

/** Places at both ends of an axis. */
export type Ends = readonly [before: number, after: number];

/** A number for all ends, one for both ends of each axis, or one for each end. */
export type Borders1d = number | Ends;
export type Borders2d =
  | number
  | readonly [height: number, width: number]
  | readonly [rows: readonly [top: number, bottom: number], columns: readonly [left: number, right: number]];
export type Borders3d =
  | number
  | readonly [depth: number, height: number, width: number]
  | readonly [depth: Ends, height: Ends, width: Ends];

export interface ZeroPaddingOptions<Borders> extends SpatialOptions {
  /** Zeros before and after; 1 by default. */
  readonly padding?: Borders;
}

/** Steps of zeros before and after. @source Keras 3, layers.ZeroPadding1D */
export function zeroPadding1d(options: ZeroPaddingOptions<Borders1d> = {}): Layer {
  return bordered("zeroPadding1d", "ZeroPadding1D", { numAxes: 1, options, option: "padding" }, options.padding);
}

/** Rows and columns of zeros around a picture. @source Keras 3, layers.ZeroPadding2D */
export function zeroPadding2d(options: ZeroPaddingOptions<Borders2d> = {}): Layer {
  return bordered("zeroPadding2d", "ZeroPadding2D", { numAxes: 2, options, option: "padding" }, options.padding);
}

/** Zeros around a volume. @source Keras 3, layers.ZeroPadding3D */
export function zeroPadding3d(options: ZeroPaddingOptions<Borders3d> = {}): Layer {
  return bordered("zeroPadding3d", "ZeroPadding3D", { numAxes: 3, options, option: "padding" }, options.padding);
}

export interface CroppingOptions<Borders> extends SpatialOptions {
  /** Places that are cut off before and after. */
  readonly cropping?: Borders;
}

/** Without some first and last steps, 1 each by default. @source Keras 3, layers.Cropping1D */
export function cropping1d(options: CroppingOptions<Borders1d> = {}): Layer {
  return bordered("cropping1d", "Cropping1D", { numAxes: 1, options, option: "cropping" }, options.cropping);
}

/** Pictures without their border, by default whole. @source Keras 3, layers.Cropping2D */
export function cropping2d(options: CroppingOptions<Borders2d> = {}): Layer {
  return bordered("cropping2d", "Cropping2D", { numAxes: 2, options, option: "cropping" }, options.cropping ?? 0);
}

/** Volumes without their border, 1 place by default. @source Keras 3, layers.Cropping3D */
export function cropping3d(options: CroppingOptions<Borders3d> = {}): Layer {
  return bordered("cropping3d", "Cropping3D", { numAxes: 3, options, option: "cropping" }, options.cropping);
}

interface Border {
  readonly numAxes: number;
  readonly options: LayerOptions;
  readonly option: "padding" | "cropping";
}

function bordered(kind: string, className: string, { numAxes, options, option }: Border, value: unknown = 1): Layer {
  const ends = endsOf(kind, option, value, numAxes);
  const before = [0, ...ends.map(([first]) => first), 0];
  const after = [0, ...ends.map(([, second]) => second), 0];
  const sign = option === "padding" ? 1 : -1;
  const extentsOf = (shape: Shape): number[] =>
    ends.map(([first, second], axis) => (shape[axis] ?? 0) + sign * (first + second));
  return makeLayer({
    kind,
    className,
    options,
    known: [option],
    numSpatialAxes: numAxes,
    config: { [option]: numAxes === 1 ? ends.flat() : ends },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, numAxes + 1, label);
      const extents = extentsOf(shape);
      if (extents.some((extent) => extent <= 0)) throw nothingLeft(label, shape, ends);
      return [{ shape: [...extents, channelsOf(shape)], dtype }];
    },
    call: (_weights, inputs) => {
      const x = single(inputs, kind);
      if (option === "padding") return { outputs: [x.pad(before, after)] };
      return { outputs: [x.slice(before, [x.shape[0] ?? 0, ...extentsOf(x.shape.slice(1)), channelsOf(x.shape)])] };
    },
  });
}

function nothingLeft(label: string, shape: Shape, cropping: readonly Ends[]): SinterError {
  const text = cropping.map((ends) => ends.join(" and ")).join(", ");
  return new SinterError("shape", `${label}: cropping ${text} leaves nothing of ${shapeText(shape)}. Crop less.`, {
    shape,
    cropping,
  });
}

/** @throws option */
function endsOf(kind: string, option: string, value: unknown, numAxes: number): Ends[] {
  if (numAxes === 1 || typeof value === "number") {
    return Array.from({ length: numAxes }, () => bothEnds(kind, option, value));
  }
  if (Array.isArray(value) && value.length === numAxes) {
    return value.map((one: unknown) => bothEnds(kind, option, one));
  }
  throw new SinterError(
    "option",
    `${kind}: ${option} is ${JSON.stringify(value)}. Give an integer, or ${numAxes} of integers or [before, after].`,
    { option, value },
  );
}

function bothEnds(kind: string, option: string, value: unknown): Ends {
  const [before, after]: readonly unknown[] = Array.isArray(value) && value.length === 2 ? value : [value, value];
  return [integer(kind, option, before, 0), integer(kind, option, after, 0)];
}
