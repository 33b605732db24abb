// Pictures as hue, saturation and value, and back, as TensorFlow converts them.

import { keep } from "#engine/tensor/keep.ts";
import { concat, where } from "#engine/tensor/math.ts";
import { channelOf } from "#engine/tensor/picture-colours.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Three channels, f32 [n, height, width, 1] each. */
export interface HueSaturationValue {
  /** 0 to 1. */
  readonly hue: Tensor;
  /** 0 to 1. */
  readonly saturation: Tensor;
  /** In units of the picture. */
  readonly value: Tensor;
}

/**
 * @param images f32 [n, height, width, 3]: red, green, blue, from 0 on
 * @source Smith 1978, Color gamut transform pairs; TensorFlow, image.rgb_to_hsv
 */
export function hueSaturationValue(images: Tensor): HueSaturationValue {
  const [red, green, blue] = [channelOf(images, 0), channelOf(images, 1), channelOf(images, 2)];
  const value = images.max(3, { keepDims: true });
  const range = keep(value.sub(images.min(3, { keepDims: true })));
  const isGrey = range.lessEqual(0);
  // 1 / 0 would make the gradient NaN, though nobody reads its value.
  const norm = where(isGrey, 1, range.mul(6));
  const isRed = red.equal(value);
  const isGreen = green.equal(value);
  const difference = where(isRed, green.sub(blue), where(isGreen, blue.sub(red), red.sub(green)));
  const offset = where(isRed, 0, where(isGreen, 2 / 6, 4 / 6));
  const hue = keep(difference.div(norm).add(offset));
  const isBlack = value.lessEqual(0);
  return {
    hue: where(isGrey, 0, hue.sub(hue.floor())),
    saturation: where(isBlack, 0, range.div(where(isBlack, 1, value))),
    value,
  };
}

/** @returns f32 [n, height, width, 3]: red, green, blue */
export function redGreenBlue({ hue, saturation, value }: HueSaturationValue): Tensor {
  const sixth = keep(hue.mul(6));
  const own = keep(saturation);
  const white = own.neg().add(1);
  const channel = (share: Tensor): Tensor => white.add(own.mul(share.clip(0, 1))).mul(value);
  return concat(
    [
      channel(sixth.sub(3).abs().sub(1)),
      channel(sixth.sub(2).abs().neg().add(2)),
      channel(sixth.sub(4).abs().neg().add(2)),
    ],
    3,
  );
}
