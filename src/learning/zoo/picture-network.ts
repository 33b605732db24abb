// A known picture classifier as users meet it: a function that gives the model, with the weights of a file where one is
// named, and what those weights expect of pixels.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import { readTensors, type TensorFile } from "#learning/formats/read-tensors.ts";
import { recognize } from "#learning/formats/recognize.ts";
import type { PreprocessingMode } from "#learning/nn/preprocessing/preprocess-input.ts";
import type { Model } from "#learning/train/model.ts";
import type { PictureModelOptions } from "./picture-model.ts";
import { isOfTorch, takeTorchWeights } from "./torch-weights.ts";

/** What others have published of a network. */
export interface Published {
  /** What its weights expect of pixels from 0 to 255: see `preprocessInput`. */
  readonly preprocessing: PreprocessingMode;
  /** The file of ImageNet's weights, and who publishes it. */
  readonly file: (isWithTop: boolean) => string;
}

/** Random weights. */
interface WithoutFile {
  readonly weights?: null | undefined;
}

interface WithFile {
  /**
   * The file of the first weights, made with the top or without as the model is: Keras's .h5, .weights.h5 or .keras;
   * safetensors with the model's own names, with or without a top, or the folder that `save` wrote; a state dict of
   * PyTorch, where `loadTorchWeights` knows the network.
   */
  readonly weights: string;
}

/**
 * Makes a model: at once with random weights, as a promise with those of a file.
 * @throws option; file without the file; format where it holds other weights
 */
export interface PictureNetwork<Options extends PictureModelOptions = PictureModelOptions> extends Pick<
  Published,
  "preprocessing"
> {
  (options?: Options & WithoutFile): Model;
  (options: Options & WithFile): Promise<Model>;
}

/** The network that a function builds with random weights. */
export function pictureNetwork<Options extends PictureModelOptions>(
  { preprocessing, file }: Published,
  build: (options?: Options) => Model,
): PictureNetwork<Options> {
  function make(options?: Options & WithoutFile): Model;
  function make(options: Options & WithFile): Promise<Model>;
  function make(options?: Options & (WithoutFile | WithFile)): Model | Promise<Model> {
    const model = build(options);
    const { weights, includeTop = true } = options ?? {};
    return typeof weights === "string" ? withWeights(model, weights, file(includeTop)) : model;
  }
  return Object.assign(make, { preprocessing });
}

/** A file of Keras's applications, which end otherwise with the top than without. */
export function kerasFile(
  name: string,
  end: string = "_weights_tf_dim_ordering_tf_kernels",
  topless: string = `${end}_notop`,
): Published["file"] {
  return (isWithTop) => `Keras's ${name}${isWithTop ? end : topless}.h5`;
}

/** A file of torchvision's, which always has the top. */
export function torchFile(name: string): Published["file"] {
  return () => `torchvision's ${name}`;
}

/** @throws file without the file; format where it holds other weights */
async function withWeights(model: Model, path: string, published: string): Promise<Model> {
  if (path === "imagenet" || (await platform().files.stat(path)) === undefined) {
    const what = path === "imagenet" ? "no package of npm holds ImageNet's" : `there is no file "${path}"`;
    throw new SinterError(
      "file",
      `${model.name}: weights: ${what}. Give the path of ${published}, or of a file that saveWeights or save wrote.`,
      { path },
    );
  }
  const { format } = await recognize(path);
  if (format === "hdf5" || format === "keras") {
    await model.loadWeights(path);
    return model;
  }
  const file = await readTensors(path, { float64: "round" });
  if (isOfTorch(file.tensors)) takeTorchWeights(model, file.tensors, path);
  else model.setWeights(namedWeights(model, file, path));
  return model;
}

/** Weights that a file has under the names of the model's; what else it has is of a top that is left out. */
function namedWeights(
  { name, network }: Model,
  { format, tensors }: TensorFile,
  path: string,
): Parameters<Model["setWeights"]>[0] {
  const found = network.weights.map(({ path: weight }) => [weight, tensors.get(weight)] as const);
  const missing = found.filter(([, stored]) => stored === undefined).map(([weight]) => weight);
  if (missing.length > 0) {
    throw new SinterError(
      "format",
      `${name}: "${path}" (${format}) has no "${missing[0]}", and ${missing.length - 1} more of ${found.length} weights are ` +
        "missing. Give a file of Keras's, or one that names weights as the model does: what save wrote, or safetensors.",
      { path, missing },
    );
  }
  return Object.fromEntries(
    found.flatMap(([weight, stored]) =>
      stored === undefined ? [] : [[weight, tensor(stored.data, { shape: stored.shape, dtype: stored.dtype })]],
    ),
  );
}
