import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Logits } from "./layer.js";
export type LogitsActivation = "sigmoid" | "softmax";
export declare const activationNames: readonly [
  "linear",
  "relu",
  "relu6",
  "leakyRelu",
  "elu",
  "selu",
  "celu",
  "softplus",
  "softsign",
  "softShrink",
  "hardShrink",
  "threshold",
  "sigmoid",
  "logSigmoid",
  "hardSigmoid",
  "sparseSigmoid",
  "tanh",
  "hardTanh",
  "tanhShrink",
  "silu",
  "swish",
  "hardSilu",
  "hardSwish",
  "gelu",
  "mish",
  "sparsePlus",
  "squareplus",
  "exponential",
  "glu",
  "softmax",
  "logSoftmax",
  "sparsemax",
];
export type ActivationName = (typeof activationNames)[number];
export interface ActivationObject {
  readonly kind: ActivationName;
  readonly [parameter: string]: string | number | boolean;
}
export type Activation = ActivationName | ActivationObject;
export declare const seluScale = 1.0507009873554805;
export declare const seluAlpha = 1.6732632423543772;
export declare function checkActivation(where: string, activation: Activation | null | undefined): Activation;
export declare function activate(activation: Activation, x: Tensor): Tensor;
export declare function logitsOf(activation: Activation, x: Tensor): Logits | undefined;
