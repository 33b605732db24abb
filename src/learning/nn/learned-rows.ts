// Small learned parts of vision networks: a scale for each feature of a residual branch, a row that begins a sequence.

import { numberWithin } from "#engine/base/options.ts";
import { concat } from "#engine/tensor/math.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, singleOfRank, weightOf, type Layer, type LayerOptions } from "./layer.ts";

export interface LayerScaleOptions extends LayerOptions {
  /** What every scale is at first; 1e-6, so that a residual branch begins as nearly nothing. */
  readonly initValues?: number;
}

/**
 * x · gamma, a learned scale for each feature.
 * Weights: gamma [features]. Input: [batch, ..., features].
 * @source Touvron et al. 2021, Going deeper with image transformers, section 2; Keras 3, applications.convnext.LayerScale
 */
export function layerScale(options: LayerScaleOptions = {}): Layer {
  const kind = "layerScale";
  const initValues = numberWithin(kind, "initValues", options.initValues ?? 1e-6);
  return makeLayer({
    kind,
    className: "LayerScale",
    options,
    known: ["initValues"],
    config: { initValues },
    passesMask: true,
    weights: (inputs) => {
      const shape = [single(inputs, kind).shape.at(-1) ?? 1];
      return [{ name: "gamma", shape, initializer: { kind: "constant", value: initValues }, trainable: true }];
    },
    outputTypes: (inputs, label) => [{ shape: single(inputs, label).shape, dtype: "f32" }],
    call: (weights, inputs) => ({ outputs: [single(inputs, kind).cast("f32").mul(weightOf(weights, "gamma"))] }),
  });
}

export interface ClassTokenOptions extends LayerOptions {
  readonly initializer?: InitializerName | Initializer;
}

/**
 * A learned row before each sequence, whose place gathers what classifies the whole: [batch, time + 1, features].
 * Weights: token [features]. Input: [batch, time, features].
 * @source Dosovitskiy et al. 2020, An image is worth 16x16 words, equation 1; Devlin et al. 2019
 */
export function classToken(options: ClassTokenOptions = {}): Layer {
  const kind = "classToken";
  const init = initializer(kind, "initializer", options.initializer, "zeros");
  return makeLayer({
    kind,
    className: "ClassToken",
    options,
    known: ["initializer"],
    config: { initializer: init },
    weights: (inputs) => {
      const shape = [single(inputs, kind).shape.at(-1) ?? 1];
      return [{ name: "token", shape, initializer: init, trainable: true }];
    },
    outputTypes: (inputs, label) => {
      const [time = 0, features = 1] = singleOfRank(inputs, 2, label).shape;
      return [{ shape: [time + 1, features], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind).cast("f32"); // [batch, time, features]
      const [batch = 1, , features = 1] = x.shape;
      const token = weightOf(weights, "token").broadcastTo([batch, 1, features]);
      return { outputs: [concat([token, x], 1)] };
    },
  });
}
