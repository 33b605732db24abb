// What networks trained on ImageNet expect of pixels, as a function and as a layer that a model keeps.

import { choice } from "#engine/base/options.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { makeLayer, single, singleOfRank, type Layer, type LayerOptions } from "../layer.ts";

/** What is done to pixels: see `preprocessInput`. */
export const preprocessingModes = ["tf", "torch", "caffe", "none"] as const;
export type PreprocessingMode = (typeof preprocessingModes)[number];

export interface PreprocessInputOptions extends LayerOptions {
  readonly mode: PreprocessingMode;
}

const kind = "preprocessInput";
/** Of ImageNet, for channels in the order red, green, blue; of pixels from 0 to 1, and from 0 to 255. */
const means = [0.485, 0.456, 0.406];
const deviations = [0.229, 0.224, 0.225];
const byteMeans = [123.68, 116.779, 103.939];

/**
 * Pixels as networks trained on ImageNet expect them. "tf": x / 127.5 - 1. "torch": (x / 255 - mean) / deviation by channel.
 * "caffe": x - mean by channel, then blue first. "none": as they are. Each network of the zoo says its own: `vgg16.preprocessing`.
 * @param pixels [..., 3], red, green, blue from 0 to 255
 * @returns f32 of the same shape
 * @throws option for another mode; shape where the last axis is not of three channels
 * @source Keras 3, applications.imagenet_utils.preprocess_input
 */
export function preprocessInput(pixels: Tensor, { mode }: { readonly mode: PreprocessingMode }): Tensor {
  choice(kind, "mode", mode, preprocessingModes);
  checkChannels(pixels.shape, kind);
  const x = pixels.cast("f32");
  if (mode === "none") return x;
  if (mode === "tf") return x.div(127.5).sub(1);
  if (mode === "torch") return x.div(255).sub(tensor(means)).div(tensor(deviations));
  return x.sub(tensor(byteMeans)).reverse(-1);
}

/**
 * `preprocessInput` as a layer without weights: in front of a known network, so that the model takes pixels from 0 to 255.
 * @throws option, shape as the function
 */
export function preprocessInputLayer(options: PreprocessInputOptions): Layer {
  const mode = choice(kind, "mode", options.mode, preprocessingModes);
  return makeLayer({
    kind,
    className: "PreprocessInput",
    options,
    known: ["mode"],
    config: { mode },
    outputTypes: (inputs, label) => {
      const { shape } = singleOfRank(inputs, 3, label);
      checkChannels(shape, label);
      return [{ shape, dtype: "f32" }];
    },
    call: (_weights, inputs) => ({ outputs: [preprocessInput(single(inputs, kind), { mode })] }),
  });
}

function checkChannels(shape: readonly number[], label: string): void {
  if (shape.at(-1) === 3) return;
  throw new SinterError("shape", `${label}: ${shapeText(shape)} came, expected three channels: red, green, blue.`, {
    shape,
  });
}
