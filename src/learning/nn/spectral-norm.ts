// Spectral normalization: a wrapper that divides a layer's kernel by its largest singular value in every training step.

import { SinterError } from "#engine/base/error.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";
import { isLayer, makeLayer, weightOf, type Layer, type LayerOptions, type WeightSpec } from "./layer.ts";
import { integer } from "#engine/base/options.ts";

export interface SpectralNormalizationOptions extends LayerOptions {
  /** A layer with a kernel or embeddings. */
  readonly layer: Layer;
  /** Steps of the power method a training step; 1 by default. */
  readonly powerIterations?: number;
}

const kind = "spectralNormalization";

/**
 * The layer with kernel / σ for its kernel, where σ = v · kernel · u approximates the kernel's largest singular value as
 * a matrix of its last axis. When training, the power method moves u on and the kernel becomes kernel / σ before the
 * step is taken; otherwise the kernel is used as it is.
 * Weights: the layer's, and after its kernel vectorU [1, last extent of the kernel], not trained.
 * @throws option when no layer comes; shape when the layer has neither kernel nor embeddings
 * @source Miyato et al. 2018, algorithm 1; Keras 3, layers.SpectralNormalization
 * @example
 * const critic = layers.spectralNormalization({ layer: layers.dense({ units: 1 }) });
 */
export function spectralNormalization(options: SpectralNormalizationOptions): Layer {
  const layer = checkLayer(options.layer);
  const powerIterations = integer(kind, "powerIterations", options.powerIterations ?? 1);
  const inputShape = options.inputShape ?? layer.inputType?.shape;
  return makeLayer({
    kind,
    className: "SpectralNormalization",
    options: { ...options, inputShape },
    known: ["layer", "powerIterations"],
    config: { layer: { kind: layer.config.kind, options: layer.config.options }, powerIterations },
    weights: (inputs) => {
      const own = layer.weights(inputs);
      const kernel = kernelOf(own, kind);
      const initializer = { kind: "truncatedNormal", mean: 0, stddev: 0.02 } as const;
      const vectorU = { name: "vectorU", shape: [1, kernel.shape.at(-1) ?? 1], initializer, trainable: false };
      return [kernel, vectorU, ...own.filter((spec) => spec !== kernel)];
    },
    outputTypes: (inputs, label) => {
      kernelOf(layer.weights(inputs), label);
      return layer.outputTypes(inputs, label);
    },
    call: (weights, inputs, context) => {
      if (!context.training) return layer.call(weights, inputs, context);
      const name = kernelNames.find((one) => Object.hasOwn(weights, one)) ?? "kernel";
      const before = weightOf(weights, name);
      const { kernel, vectorU } = divided(before, weightOf(weights, "vectorU"), powerIterations);
      // The step is taken from the new kernel: nothing flows back through the division.
      const used = customGradient(
        () => kernel,
        (_inputs, cotangent) => [cotangent],
      )(before);
      const result = layer.call({ ...weights, [name]: used }, inputs, context);
      return { ...result, state: { ...result.state, [name]: kernel, vectorU } };
    },
  });
}

/** @throws option */
function checkLayer(layer: unknown): Layer {
  if (isLayer(layer)) return layer;
  throw new SinterError("option", `${kind}: layer is no layer. Write { layer: layers.dense({ units: 1 }) }.`);
}

const kernelNames = ["kernel", "embeddings"];

/** @throws shape */
function kernelOf(specs: readonly WeightSpec[], label: string): WeightSpec {
  const found = specs.find(({ name }) => kernelNames.includes(name));
  if (found !== undefined) return found;
  throw new SinterError("shape", `${label}: the layer has no ${kernelNames.join(" or ")}. Wrap one that has.`, {
    weights: specs.map(({ name }) => name),
  });
}

/** The kernel over its largest singular value, and the vector that found it; a kernel of zeros as it is. */
function divided(kernel: Tensor, before: Tensor, numIterations: number): { kernel: Tensor; vectorU: Tensor } {
  const matrix = kernel.reshape([-1, kernel.shape.at(-1) ?? 1]); // [rows, columns]
  let vectorU = before; // [1, columns]
  let vectorV = before;
  for (let iteration = 0; iteration < numIterations; iteration += 1) {
    vectorV = unit(vectorU.matMul(matrix.transpose())); // [1, rows]
    vectorU = unit(vectorV.matMul(matrix));
  }
  const singularValue = vectorV.matMul(matrix).matMul(vectorU.transpose()).reshape([]);
  const isZero = kernel.abs().max().equal(0);
  return { kernel: where(isZero, kernel, kernel.div(singularValue)), vectorU: where(isZero, before, vectorU) };
}

/** Of length 1; what is shorter than Keras's epsilon 1e-7 stays short. */
function unit(vector: Tensor): Tensor {
  return vector.div(vector.square().sum().maximum(1e-14).sqrt());
}
