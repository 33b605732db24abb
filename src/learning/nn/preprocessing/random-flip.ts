// The layer that mirrors training pictures.

import { choice } from "#engine/base/options.ts";
import { where } from "#engine/tensor/math.ts";
import { uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "../layer.ts";
import {
  applyChange,
  perPicture,
  randomPictureLayer,
  type PictureChange,
  type RandomPictureOptions,
} from "./picture-layer.ts";

/** Which sides change places. */
export type FlipMode = "horizontal" | "vertical" | "horizontalAndVertical";

export interface RandomFlipOptions extends RandomPictureOptions {
  /** "horizontalAndVertical" by default: both or none, as Keras has it. */
  readonly mode?: FlipMode | undefined;
}

/** When training every other picture mirrored. @source Keras 3.15, layers.RandomFlip */
export function randomFlip(options: RandomFlipOptions = {}): Layer {
  const kind = "randomFlip";
  const modes = ["horizontal", "vertical", "horizontalAndVertical"] as const;
  const mode = choice(kind, "mode", options.mode ?? "horizontalAndVertical", modes);
  const change = flipChange(mode);
  return randomPictureLayer({
    kind,
    className: "RandomFlip",
    options,
    config: { mode },
    changed: (images, key) => applyChange(change, images, key),
  });
}

/** Draws bool [n, 1, 1, 1]: whether a picture is mirrored. */
export function flipChange(mode: FlipMode): PictureChange<Tensor> {
  const axes = { horizontal: [2], vertical: [1], horizontalAndVertical: [1, 2] }[mode];
  return {
    draw: (key, shape) => uniform(key, perPicture(shape)).lessEqual(0.5),
    change: (images, isFlipped) => where(isFlipped, images.reverse(axes), images),
  };
}
