// The layer that covers a rectangle of training pictures.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { arange, full, tensor } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { fold, normal, uniform } from "#engine/tensor/random.ts";
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
  type RandomPictureOptions,
} from "./picture-layer.ts";

/** Options of the layer. */
export interface RandomErasingLayerOptions extends RandomPictureOptions {
  /** How likely a picture changes: p draws the likelihood from [0, p]; [p, p] takes p itself. 1 by default. */
  readonly factor?: PictureFactor | undefined;
  /** Share of the picture that is drawn for each side, the root of it taken; [0.02, 0.33] by default. */
  readonly scale?: PictureFactor | undefined;
  /** What the rectangle holds: a value, one a channel, or null for noise; null by default. */
  readonly fillValue?: number | readonly number[] | null | undefined;
  readonly valueRange?: Bounds | undefined;
}

/**
 * When training a rectangle of some pictures covered.
 * @source Zhong et al. 2017, Random Erasing Data Augmentation; Keras 3.15, layers.RandomErasing
 */
export function randomErasing(options: RandomErasingLayerOptions = {}): Layer {
  const kind = "randomErasing";
  const { factor = 1, scale = [0.02, 0.33] } = options;
  const valueRange = checkValueRange(kind, options.valueRange);
  const fillValue = checkFill(kind, options.fillValue ?? null);
  const change = erasingChange({
    factor: factorBounds(kind, "factor", factor, { within: [0, 1] }),
    scale: factorBounds(kind, "scale", scale, { within: [0, 1] }),
    fillValue,
    valueRange,
  });
  return randomPictureLayer({
    kind,
    className: "RandomErasing",
    options,
    config: { factor, scale, fillValue, valueRange },
    changed: (images, key) => applyChange(change, images, key),
  });
}

export interface ErasingRule {
  readonly factor: Bounds;
  readonly scale: Bounds;
  readonly fillValue: number | readonly number[] | null;
  readonly valueRange: Bounds;
}

/** All of [n, 1, 1, 1] but the fill. */
export interface ErasingDraws {
  /** bool */
  readonly isErased: Tensor;
  /** Rows top <= row < bottom and columns left <= column < right; f32, no whole numbers. */
  readonly top: Tensor;
  readonly bottom: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
  /** f32 [n, height, width, channels], or of fewer axes. */
  readonly fill: Tensor;
}

export function erasingChange({ factor, scale, fillValue, valueRange }: ErasingRule): PictureChange<ErasingDraws> {
  return {
    draw: (key, shape) => {
      const [, height = 1, width = 1] = shape;
      const side = (number: number, extent: number): readonly [Tensor, Tensor] => {
        const length = drawBetween(key, number, perPicture(shape), scale).sqrt().mul(extent);
        const start = uniform(fold(key, number + 1), perPicture(shape)).mul(length.neg().add(extent));
        return [start, start.add(length)];
      };
      const [left, right] = side(2, width);
      const [top, bottom] = side(4, height);
      const fill = clipTo(fillOf(fillValue, fold(key, 6), shape, valueRange), valueRange);
      return { isErased: drawWhether(key, 0, shape, factor), top, bottom, left, right, fill };
    },
    change: (images, { isErased, top, bottom, left, right, fill }) => {
      const [, height = 0, width = 0] = images.shape;
      const row = arange(height, { dtype: "f32" }).reshape([1, height, 1, 1]);
      const column = arange(width, { dtype: "f32" }).reshape([1, 1, width, 1]);
      const isRow = row.greaterEqual(top).and(row.less(bottom));
      const isColumn = column.greaterEqual(left).and(column.less(right));
      return where(isErased.and(isRow).and(isColumn), fill, images);
    },
  };
}

function fillOf(fill: number | readonly number[] | null, key: Tensor, shape: Shape, [, high]: Bounds): Tensor {
  if (fill === null) return normal(key, shape).mul(high);
  if (typeof fill === "number") return full([], fill);
  const channels = shape[3] ?? 1;
  if (fill.length === channels) return tensor(Float32Array.from(fill));
  throw new SinterError(
    "option",
    `randomErasing: fillValue has ${fill.length} values, the pictures have ${channels} channels. Give one a channel.`,
    { fillValue: fill, channels },
  );
}

function checkFill(kind: string, fill: number | readonly number[] | null): number | readonly number[] | null {
  if (fill === null) return null;
  if (typeof fill === "number") return numberWithin(kind, "fillValue", fill);
  return Array.from(fill, (one) => numberWithin(kind, "fillValue", one));
}
