// Layers without weights that make their input larger: more places between those that are there.

import { arange, ones } from "#engine/tensor/create.ts";
import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { channelsOf, type Extents, type Extents1d, type Extents2d, type Extents3d } from "./conv.ts";
import { makeLayer, single, singleOfRank, type Layer, type SpatialOptions } from "./layer.ts";
import { choice, perAxis } from "#engine/base/options.ts";

export interface UpSamplingOptions<Each extends Extents> extends SpatialOptions {
  /** How many times as long each axis becomes; 2 by default. */
  readonly size?: Each;
}

export interface UpSampling2dOptions extends UpSamplingOptions<Extents2d> {
  readonly interpolation?: Interpolation;
}

type Interpolation = "nearest" | "bilinear";

/** Each step `size` times. @source Keras 3, layers.UpSampling1D */
export function upSampling1d(options: UpSamplingOptions<Extents1d> = {}): Layer {
  return upSampling("upSampling1d", "UpSampling1D", { numAxes: 1, options });
}

/**
 * Pictures with `size` times the rows and columns: repeated, or on straight lines between the centres of the pixels.
 * @source Keras 3, layers.UpSampling2D
 */
export function upSampling2d(options: UpSampling2dOptions = {}): Layer {
  const kind = "upSampling2d";
  const interpolation = choice(kind, "interpolation", options.interpolation ?? "nearest", ["nearest", "bilinear"]);
  return upSampling(kind, "UpSampling2D", { numAxes: 2, options, interpolation });
}

/** Volumes with `size` times the places along each axis, repeated. @source Keras 3, layers.UpSampling3D */
export function upSampling3d(options: UpSamplingOptions<Extents3d> = {}): Layer {
  return upSampling("upSampling3d", "UpSampling3D", { numAxes: 3, options });
}

interface UpSampling {
  readonly numAxes: number;
  readonly options: UpSamplingOptions<Extents>;
  readonly interpolation?: Interpolation;
}

function upSampling(kind: string, className: string, { numAxes, options, interpolation }: UpSampling): Layer {
  const size = perAxis(kind, "size", options.size ?? 2, { numAxes });
  const enlarge = interpolation === "bilinear" ? interpolated : repeated;
  const own = interpolation === undefined ? { size } : { size, interpolation };
  return makeLayer({
    kind,
    className,
    options,
    known: Object.keys(own),
    numSpatialAxes: numAxes,
    config: own,
    outputTypes: (inputs, label) => {
      const { shape, dtype } = singleOfRank(inputs, numAxes + 1, label);
      const extents = size.map((factor, axis) => (shape[axis] ?? 0) * factor);
      return [{ shape: [...extents, channelsOf(shape)], dtype: interpolation === "bilinear" ? "f32" : dtype }];
    },
    call: (_weights, inputs) => ({
      outputs: [size.reduce((x, factor, axis) => enlarge(x, axis + 1, factor), single(inputs, kind))],
    }),
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
