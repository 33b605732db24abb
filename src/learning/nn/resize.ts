// Layers without weights that make pictures larger: zeros around them, or more pixels between.

import { arange, ones } from "#engine/tensor/create.ts";
import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, single, singleOfRank, type Layer, type LayerOptions } from "./layer.ts";
import { choice, pair } from "#engine/base/options.ts";

export interface ZeroPadding2dOptions extends LayerOptions {
  /** On every side; above and below, and left and right; or [[top, bottom], [left, right]]. 1 by default. */
  readonly padding?:
    | number
    | readonly [height: number, width: number]
    | readonly [rows: readonly [top: number, bottom: number], columns: readonly [left: number, right: number]];
}

/** Rows and columns of zeros around a picture. @source Keras 3, layers.ZeroPadding2D */
export function zeroPadding2d(options: ZeroPadding2dOptions = {}): Layer {
  const kind = "zeroPadding2d";
  const { padding = 1 } = options;
  const [first, second] = typeof padding === "number" ? [padding, padding] : padding;
  const [top, bottom] = pair(kind, "padding", first, 0);
  const [left, right] = pair(kind, "padding", second, 0);
  return makeLayer({
    kind,
    className: "ZeroPadding2D",
    options,
    known: ["padding"],
    config: {
      padding: [
        [top, bottom],
        [left, right],
      ],
    },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, 3, label);
      const [height = 0, width = 0, channels = 0] = shape;
      return [{ shape: [height + top + bottom, width + left + right, channels], dtype }];
    },
    call: (_weights, inputs) => ({
      outputs: [single(inputs, kind).pad([0, top, left, 0], [0, bottom, right, 0])],
    }),
  });
}

export interface UpSampling2dOptions extends LayerOptions {
  /** How many times as high and wide; 2 by default. */
  readonly size?: number | readonly [height: number, width: number];
  readonly interpolation?: "nearest" | "bilinear";
}

/**
 * Pictures with `size` times the rows and columns: repeated, or on straight lines between the centres of the pixels.
 * @source Keras 3, layers.UpSampling2D
 */
export function upSampling2d(options: UpSampling2dOptions = {}): Layer {
  const kind = "upSampling2d";
  const size = pair(kind, "size", options.size ?? 2);
  const interpolation = choice(kind, "interpolation", options.interpolation ?? "nearest", ["nearest", "bilinear"]);
  const enlarge = interpolation === "nearest" ? repeated : interpolated;
  return makeLayer({
    kind,
    className: "UpSampling2D",
    options,
    known: ["size", "interpolation"],
    config: { size, interpolation },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, 3, label);
      const [height = 0, width = 0, channels = 0] = shape;
      const kept = interpolation === "nearest" ? dtype : "f32";
      return [{ shape: [height * size[0], width * size[1], channels], dtype: kept }];
    },
    call: (_weights, inputs) => ({ outputs: [enlarge(enlarge(single(inputs, kind), 1, size[0]), 2, size[1])] }),
  });
}

/** Each place along an axis `factor` times. */
function repeated(x: Tensor, axis: number, factor: number): Tensor {
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  return x
    .expandDims(axis + 1)
    .broadcastTo([...before, factor, ...after])
    .reshape(enlargedShape(x, axis, factor));
}

/**
 * Pixel j of `factor` lies (j + 0.5) / factor - 0.5 beside the centre of its old one, so it takes that share of the
 * neighbour on its side; the outermost ones have themselves for neighbours.
 */
function interpolated(input: Tensor, axis: number, factor: number): Tensor {
  const x = input.cast("f32");
  if (factor === 1) return x;
  const offset = arange(factor).cast("f32").add(0.5).div(factor).sub(0.5);
  const share = (weights: Tensor, pixels: Tensor): Tensor =>
    pixels.expandDims(axis + 1).mul(weights.reshape([factor, ...x.shape.slice(axis + 1).map(() => 1)]));
  const own = ones([factor]).sub(offset.abs());
  return share(own, x)
    .add(share(offset.neg().relu(), neighbours(x, axis, -1)))
    .add(share(offset.relu(), neighbours(x, axis, 1)))
    .reshape(enlargedShape(x, axis, factor));
}

/** For each place along an axis the one before it (-1) or after it (1); at the border the place itself. */
function neighbours(x: Tensor, axis: number, step: -1 | 1): Tensor {
  const extent = x.shape[axis] ?? 1;
  const from = (start: number, count: number): Tensor =>
    x.slice(
      x.shape.map((_, index) => (index === axis ? start : 0)),
      x.shape.map((whole, index) => (index === axis ? count : whole)),
    );
  return concat(step === -1 ? [from(0, 1), from(0, extent - 1)] : [from(1, extent - 1), from(extent - 1, 1)], axis);
}

function enlargedShape(x: Tensor, axis: number, factor: number): number[] {
  return x.shape.map((extent, index) => (index === axis ? extent * factor : extent));
}
