// A function as a layer. It has no weights, and a model file cannot hold it.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, type Layer, type LayerOptions, type SampleType } from "./layer.ts";
import { integer } from "#engine/base/options.ts";

export interface LambdaOptions extends LayerOptions {
  /** Gives the output for the layer's inputs, each [batch, ...]; records operations and reads no value. */
  readonly function: (x: Tensor, ...others: readonly Tensor[]) => Tensor;
  /** Shape of one sample of the output, which is checked; found by trying where left out. */
  readonly outputShape?: Shape | undefined;
}

/**
 * A function of tensors as a layer without weights. A layer with weights, or one that files shall hold, is made by
 * `makeLayer`.
 * @throws option without a function, as when a model file is read
 * @source Keras 3, layers.Lambda
 * @example
 * const squares = layers.lambda({ function: (x) => x.square() });
 */
export function lambda(options: LambdaOptions): Layer {
  const kind = "lambda";
  const { function: change, outputShape } = options;
  if (typeof change !== "function") {
    throw new SinterError(
      "option",
      "lambda: function is missing; a model file holds none. Make the model in code and give it weights by setWeights, or " +
        "write the layer with makeLayer and load it with { customLayers }.",
    );
  }
  outputShape?.forEach((extent) => integer(kind, "outputShape", extent, 0));
  return makeLayer({
    kind,
    className: "Lambda",
    options,
    known: ["function", "outputShape"],
    config: outputShape === undefined ? {} : { outputShape: [...outputShape] },
    outputTypes: (inputs, label) => {
      // Operations only record, so trying the function computes nothing.
      const found = applied(change, samplesOf(inputs), label);
      const type: SampleType = { shape: found.shape.slice(1), dtype: found.dtype };
      if (outputShape === undefined || sameShape(type.shape, outputShape)) return [type];
      throw new SinterError(
        "shape",
        `${label}: outputShape ${shapeText(outputShape)}, but the function gives ${shapeText(type.shape)}. Leave it out.`,
        { outputShape, found: type.shape },
      );
    },
    call: (_weights, inputs) => ({ outputs: [applied(change, inputs, kind)] }),
  });
}

/** Samples that the function is tried with. */
const triedBatch = 2;

function samplesOf(inputs: readonly SampleType[]): Tensor[] {
  return inputs.map(({ shape, dtype }) => zeros([triedBatch, ...shape], { dtype }));
}

/** @throws shape when the function drops the batch axis */
function applied(change: LambdaOptions["function"], inputs: readonly Tensor[], label: string): Tensor {
  const [first, ...others] = inputs;
  if (first === undefined) throw new SinterError("shape", `${label}: no inputs came. Give at least one.`);
  const output = change(first, ...others);
  if (output.shape[0] === first.shape[0]) return output;
  throw new SinterError(
    "shape",
    `${label}: the function made ${shapeText(output.shape)} of a batch of ${first.shape[0] ?? 0}. Keep axis 0.`,
    { shape: output.shape },
  );
}
