// CLIP (Radford et al., Learning transferable visual models from natural language supervision, 2021): a tower for pictures and
// one for texts, whose vectors are near where a text says what a picture shows.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import { arange } from "#engine/tensor/create.ts";
import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { operationFrom } from "#learning/nn/operations/operation.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { encoderBlock } from "./encoder-block.ts";
import { firstRow } from "./vit.ts";

/** One transformer. */
export interface ClipTower {
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** hiddenSize is a multiple of it. */
  readonly numHeads: number;
  readonly intermediateSize: number;
}

export interface ClipConfig {
  /** Features of the vectors that both towers give. */
  readonly projectionDim: number;
  /** Pictures are imageSize x imageSize, a multiple of patchSize. */
  readonly vision: ClipTower & { readonly imageSize: number; readonly patchSize: number };
  /** The end of a text is the highest number of the vocabulary. */
  readonly text: ClipTower & { readonly vocabSize: number; readonly maxPositions: number };
  /** "quickGelu" by default. */
  readonly activation?: "gelu" | "quickGelu";
  readonly seed?: number;
}

/** Two towers; the logarithm of what cosines are multiplied by is a weight, too. */
export interface Clip {
  /** From pictures [imageSize, imageSize, 3], normalized by CLIP's means, to [projectionDim]. */
  readonly pictures: Model;
  /** From numbers of tokens [maxPositions], i32, to [projectionDim]. What stands behind the text's end does not count. */
  readonly texts: Model;
  /** At first; log(1 / 0.07). */
  readonly logitScale: number;
}

/** Of CLIP ViT-B/32: 151,277,313 weights. @source OpenAI, openai/clip-vit-base-patch32 */
export const clipVitB32: ClipConfig = {
  projectionDim: 512,
  vision: { imageSize: 224, patchSize: 32, hiddenSize: 768, numLayers: 12, numHeads: 12, intermediateSize: 3072 },
  text: { vocabSize: 49408, maxPositions: 77, hiddenSize: 512, numLayers: 12, numHeads: 8, intermediateSize: 2048 },
};

const epsilon = 1e-5;

/**
 * CLIP with random weights.
 * @throws option
 * @source transformers 5, CLIPModel
 * @example
 * const { pictures, texts } = clip(clipVitB32);
 */
export function clip(config: ClipConfig): Clip {
  checkOptions("clip", config, ["projectionDim", "vision", "text", "activation", "seed"]);
  const { projectionDim, vision, text, activation = "quickGelu", seed = 0 } = config;
  integer("clip", "projectionDim", projectionDim);
  for (const [tower, sizes] of Object.entries({ vision, text })) {
    for (const [option, value] of Object.entries(sizes)) integer("clip", `${tower}.${option}`, value);
    if (sizes.hiddenSize % sizes.numHeads === 0) continue;
    throw new SinterError("option", `clip: ${tower}.hiddenSize is no multiple of ${tower}.numHeads. Make it one.`, {
      tower,
    });
  }
  if (vision.imageSize % vision.patchSize !== 0) {
    throw new SinterError("option", "clip: vision.imageSize is no multiple of vision.patchSize. Make it one.");
  }
  const picture = layers.input({ shape: [vision.imageSize, vision.imageSize, 3] });
  const ids = layers.input({ shape: [text.maxPositions], dtype: "i32" });
  const seen = projected(pictureRow(picture, vision, activation), projectionDim, "visual_projection");
  const said = projected(textRow(ids, text, activation), projectionDim, "text_projection");
  return {
    pictures: model({ inputs: picture, outputs: seen, name: "clip_pictures", seed }),
    texts: model({ inputs: ids, outputs: said, name: "clip_texts", seed }),
    logitScale: Math.log(1 / 0.07),
  };
}

type ActivationName = NonNullable<ClipConfig["activation"]>;

function pictureRow(picture: SymbolicTensor, sizes: ClipConfig["vision"], activation: ActivationName): SymbolicTensor {
  const { hiddenSize, patchSize } = sizes;
  const patch = { filters: hiddenSize, kernelSize: patchSize, strides: patchSize, useBias: false };
  const maps = layers.conv2d({ ...patch, name: "patch_embedding" }).apply(picture); // [7, 7, 768]
  const targetShape = [sizeOf(maps.type.shape) / hiddenSize, hiddenSize];
  let x = layers.reshape({ targetShape, name: "patches" }).apply(maps); // [49, 768]
  x = withPlaces(layers.classToken({ initializer: "randomNormal", name: "class_embedding" }).apply(x)); // [50, 768]
  x = normalized(x, "pre_layernorm");
  x = encoded(x, sizes, { activation, useCausalMask: false });
  return normalized(firstRow(x, hiddenSize), "post_layernorm"); // [768]
}

function textRow(ids: SymbolicTensor, sizes: ClipConfig["text"], activation: ActivationName): SymbolicTensor {
  const { vocabSize, hiddenSize, maxPositions } = sizes;
  const embedding = { inputDim: vocabSize, outputDim: hiddenSize, name: "token_embedding" };
  let x = withPlaces(layers.embedding(embedding).apply(ids)); // [77, 512]
  x = normalized(encoded(x, sizes, { activation, useCausalMask: true }), "final_layernorm");
  const [first, second] = [0, 1].map((place) => ({ kind: "input", place }));
  const operation = (name: string, operands: object[], parameters: object): ReturnType<typeof operationFrom> =>
    operationFrom({ operation: name, arguments: operands, parameters, name: `end_${name.toLowerCase()}` });
  const end = operation("Argmax", [first ?? {}], { axis: -1 }).apply(ids); // []
  const isEnd = operation("OneHot", [first ?? {}], { numClasses: maxPositions, axis: -1, dtype: "float32" }).apply(end);
  const subscripts = { subscripts: "bt,btf->bf" };
  return operation("Einsum", [first ?? {}, second ?? {}], subscripts).apply([isEnd, x]); // [512]
}

function withPlaces(x: SymbolicTensor): SymbolicTensor {
  const options = {
    sequenceLength: x.type.shape[0] ?? 1,
    initializer: "randomNormal",
    name: "position_embedding",
  } as const;
  return layers.add({ name: "add_positions" }).apply([x, layers.positionEmbedding(options).apply(x)]);
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.layerNormalization({ epsilon, name }).apply(x);
}

interface Encoding {
  readonly activation: ActivationName;
  readonly useCausalMask: boolean;
}

function encoded(
  x: SymbolicTensor,
  { numLayers, numHeads, intermediateSize }: ClipTower,
  how: Encoding,
): SymbolicTensor {
  const names = Array.from({ length: numLayers }, (_, number) => `encoder_layer_${number}`);
  return names.reduce((y, name) => encoderBlock(y, { name, numHeads, mlpDim: intermediateSize, epsilon, ...how }), x);
}

function projected(x: SymbolicTensor, units: number, name: string): SymbolicTensor {
  return layers.dense({ units, useBias: false, name }).apply(x);
}

/**
 * How well texts say what pictures show: exp(logitScale) times the cosine of each pair. Its softmax over the texts classifies
 * pictures by the names of classes alone.
 * @param pictures [pictures, features]
 * @param texts [texts, features]
 * @param logitScale 0 gives cosines
 * @returns [pictures, texts]
 * @throws shape
 * @source Radford et al. 2021, figure 3
 * @example
 * const probabilities = similarity(await pictures.predict(x), await texts.predict(ids), logitScale).softmax(-1);
 */
export function similarity(pictures: Tensor, texts: Tensor, logitScale: Tensor | number = 0): Tensor {
  if (pictures.rank !== 2 || texts.rank !== 2 || pictures.shape[1] !== texts.shape[1]) {
    throw new SinterError(
      "shape",
      `similarity: ${shapeText(pictures.shape)} and ${shapeText(texts.shape)} came, expected [pictures, features] and [texts, features]. ` +
        "Give what the two towers of one model give.",
    );
  }
  const scale =
    typeof logitScale === "number" ? Math.exp(numberWithin("similarity", "logitScale", logitScale)) : logitScale.exp();
  return unit(pictures).matMul(unit(texts).transpose()).mul(scale);
}

function unit(rows: Tensor): Tensor {
  return rows.div(rows.square().sum(-1, { keepDims: true }).sqrt());
}

/**
 * The loss of pictures and their texts, row by row: the mean cross-entropy of finding each picture's text among all texts, and
 * each text's picture among all pictures.
 * @param logits [n, n], of `similarity`
 * @returns a scalar
 * @throws shape
 * @source Radford et al. 2021, figure 3; transformers 5, clip_loss
 */
export function clipLoss(logits: Tensor): Tensor {
  const [count = 0, numTexts] = logits.shape;
  if (logits.rank !== 2 || count !== numTexts) {
    throw new SinterError(
      "shape",
      `clipLoss: ${shapeText(logits.shape)} came, expected as many texts as pictures, [n, n].`,
    );
  }
  const isOwn = oneHot(arange(count, { dtype: "i32" }), count);
  const likelihoods = logits.logSoftmax(-1).add(logits.logSoftmax(0)).mul(isOwn);
  return likelihoods.sum().div(-2 * count);
}
