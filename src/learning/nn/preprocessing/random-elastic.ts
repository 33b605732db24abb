// The layer that bends training pictures like rubber: every pixel is read at a place of its own, neighbours at like ones.

import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { fold, normal } from "#engine/tensor/random.ts";
import { readBetween, readPixels } from "#engine/tensor/sample-pixels.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import {
  applyChange,
  checkValueRange,
  clipTo,
  drawBetween,
  drawWhether,
  factorBounds,
  perPicture,
  randomPictureLayer,
  type Bounds,
  type PictureChange,
  type PictureFactor,
} from "./picture-layer.ts";
import { transformRule, type PictureFillMode, type TransformOptions, type TransformRule } from "./transform.ts";

export interface RandomElasticTransformOptions extends TransformOptions {
  /** How likely a picture changes: p draws the likelihood from [0, p]; [p, p] takes p itself. 1 by default. */
  readonly factor?: PictureFactor | undefined;
  /** How far pixels move, 0 to 1: s draws from [0, s]. 1 by default. */
  readonly scale?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}

/**
 * When training each pixel read at its place plus alpha · g, g a field of normal numbers of deviation sigma, blurred by
 * sigma; alpha is a tenth of the longer side and sigma a twentieth of the shorter one, both times what is drawn of `scale`.
 * Rows and columns have fields of their own (Keras draws one for both).
 * @source Simard et al. 2003, Best practices for convolutional neural networks; Keras 3.15, layers.RandomElasticTransform
 */
export function randomElasticTransform(options: RandomElasticTransformOptions = {}): Layer {
  const kind = "randomElasticTransform";
  const { factor = 1, scale = 1 } = options;
  const rule = transformRule(kind, options);
  const valueRange = checkValueRange(kind, options.valueRange);
  const change = elasticChange({
    factor: factorBounds(kind, "factor", factor, { within: [0, 1] }),
    scale: factorBounds(kind, "scale", scale, { within: [0, 1] }),
    valueRange,
    rule,
  });
  return randomPictureLayer({
    kind,
    className: "RandomElasticTransform",
    options,
    config: { factor, scale, ...rule, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

export interface ElasticRule {
  readonly factor: Bounds;
  readonly scale: Bounds;
  readonly valueRange: Bounds;
  readonly rule: TransformRule;
}

export interface ElasticDraws {
  /** bool [n, 1, 1, 1] */
  readonly isChanged: Tensor;
  /** Pixels, f32 [n, height, width] each. */
  readonly down: Tensor;
  readonly across: Tensor;
}

export function elasticChange({ factor, scale, valueRange, rule }: ElasticRule): PictureChange<ElasticDraws> {
  return {
    draw: (key, shape) => {
      const [numPictures = 1, height = 1, width = 1] = shape;
      const strength = drawBetween(key, 2, perPicture(shape), scale);
      const deviation = strength.mul(Math.min(height, width) * 0.05);
      const reach = 3 * Math.floor(Math.min(height, width) * 0.05 * scale[1]);
      const field = (number: number): Tensor => {
        const noise = normal(fold(key, number), [numPictures, height, width, 1]).mul(deviation);
        const smooth = blurred(blurred(noise, 1, reach, deviation), 2, reach, deviation);
        return smooth.mul(strength.mul(Math.max(height, width) * 0.1)).reshape([numPictures, height, width]);
      };
      return { isChanged: drawWhether(key, 0, shape, factor), down: field(3), across: field(4) };
    },
    change: (images, { isChanged, down, across }) =>
      clipTo(where(isChanged, displaced(images, down, across, rule), images), valueRange),
  };
}

/** A weighted mean along an axis over three whole deviations to each side; 0 outside. */
function blurred(x: Tensor, axis: 1 | 2, reach: number, deviation: Tensor): Tensor {
  const size = 2 * reach + 1;
  const distance = arange(size, { dtype: "f32" }).sub(reach).reshape([1, size, 1, 1]);
  const isNear = distance.abs().lessEqual(deviation.floor().mul(3));
  const powers = where(isNear, distance.div(deviation.add(1e-6)).square().mul(-0.5).exp(), 0); // [n, size, 1, 1]
  const weights = powers.div(powers.sum(1, { keepDims: true }));
  const border = x.shape.map((_, at) => (at === axis ? reach : 0));
  const padded = x.pad(border, border);
  const parts = Array.from({ length: size }, (_, tap) => {
    const start = x.shape.map((_extent, at) => (at === axis ? tap : 0));
    return padded.slice(start, x.shape).mul(weights.slice([0, tap, 0, 0], [x.shape[0] ?? 0, 1, 1, 1]));
  });
  return parts.reduce((sum, part) => sum.add(part));
}

/**
 * Each pixel read so far beside its place.
 * @param down f32 [n, height, width]
 * @source Keras 3.15, ops.image.map_coordinates
 */
function displaced(images: Tensor, down: Tensor, across: Tensor, rule: TransformRule): Tensor {
  const [, height = 0, width = 0] = images.shape;
  const { fillMode, fillValue, interpolation } = rule;
  const row = arange(height, { dtype: "f32" }).reshape([1, height, 1]).add(down);
  const column = arange(width, { dtype: "f32" }).reshape([1, 1, width]).add(across);
  const source = fillMode === "constant" ? images.pad([0, 1, 1, 0], [0, 1, 1, 0], fillValue) : images;
  if (interpolation === "nearest") {
    return readPixels(source, folded(row.round(), height, fillMode), folded(column.round(), width, fillMode));
  }
  const between = (place: Tensor, extent: number): Parameters<typeof readBetween>[1] => {
    const below = place.floor();
    const second = folded(below.add(1), extent, fillMode);
    return { first: folded(below, extent, fillMode), second, weight: place.sub(below) };
  };
  return readBetween(source, between(row, height), between(column, width));
}

/** A pixel's number inside; of "constant" in a picture with a frame of one pixel. Below 0 "reflect" does not repeat the edge. */
function folded(place: Tensor, extent: number, fillMode: PictureFillMode): Tensor {
  const index = place.clip(-1e6, 1e6).cast("i32");
  if (fillMode === "constant")
    return index
      .add(1)
      .maximum(0)
      .minimum(extent + 1);
  if (fillMode === "nearest") return index.maximum(0).minimum(extent - 1);
  if (fillMode === "wrap") return index.mod(extent);
  const rest = index.abs().mod(2 * extent);
  return rest.minimum(rest.neg().add(2 * extent - 1));
}
