// Autoencoder (Hinton and Salakhutdinov, Reducing the dimensionality of data with neural networks, 2006).

import { checkOptions, integer } from "#engine/base/options.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import type { Activation } from "#learning/nn/activations.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import { encoderDecoder, type EncoderDecoder } from "./encoder-decoder.ts";

export interface AutoencoderOptions {
  /** Of a sample; [784]. */
  readonly inputShape?: Shape;
  /** Of the dense layers down to the code, which is the last; the same go up again. [1000, 500, 250, 30]. */
  readonly units?: readonly number[];
  /** Of all but the code and the end; "relu". */
  readonly activation?: Activation;
  /** Of the values that come out; "sigmoid", for values between 0 and 1. */
  readonly outputActivation?: Activation;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/**
 * Dense layers down to a few numbers and up again: what is unlike the samples that it learnt from comes out changed. As
 * published it has 2,837,314 weights.
 * @throws option
 * @source Hinton and Salakhutdinov 2006; activations are of today, and all layers learn at once
 * @example
 * const net = autoencoder({ inputShape: [28, 28, 1], units: [128, 16] });
 * net.model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * await net.model.fit(x, x, { epochs: 20 });
 * const codes = await net.encoder().predict(x);
 */
export function autoencoder(options: AutoencoderOptions = {}): EncoderDecoder {
  checkOptions("autoencoder", options, ["inputShape", "units", "activation", "outputActivation", "name", "seed"]);
  const { inputShape = [784], units = [1000, 500, 250, 30], activation = "relu" } = options;
  const sizes = units.map((size) => integer("autoencoder", "units", size));
  const numSteps = integer("autoencoder", "units (how many)", sizes.length);
  const numInputs = sizeOf(inputShape);
  const x = layers.input({ shape: inputShape });
  let code: SymbolicTensor = layers.flatten({ name: "flatten" }).apply(x);
  for (const [step, size] of sizes.entries()) {
    const end = step === numSteps - 1 ? "linear" : activation;
    code = layers.dense({ units: size, activation: end, name: `encode${step + 1}` }).apply(code); // [30]
  }
  const decoded = (from: SymbolicTensor): SymbolicTensor => {
    let y = from;
    for (const [step, size] of [...sizes.slice(0, -1).toReversed(), numInputs].entries()) {
      const end = step === numSteps - 1 ? (options.outputActivation ?? "sigmoid") : activation;
      y = layers.dense({ units: size, activation: end, name: `decode${step + 1}` }).apply(y); // [784]
    }
    return layers.reshape({ targetShape: inputShape, name: "reshape" }).apply(y);
  };
  const { name = "autoencoder", seed = 0 } = options;
  const given = layers.input({ shape: [sizes.at(-1) ?? 1] });
  return encoderDecoder(model({ inputs: x, outputs: decoded(code), name, seed }), {
    encoder: { inputs: x, outputs: code },
    decoder: { inputs: given, outputs: decoded(given) },
  });
}
