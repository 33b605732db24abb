// What dense and convolutional layers share: a kernel, a bias, an activation, and the options that say how they begin.

import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { activate, checkActivation, logitsOf, type Activation } from "./activations.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { weightOf, type LayerOptions, type LayerResult, type Weights, type WeightSpec } from "./layer.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface KernelOptions extends LayerOptions {
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly kernelConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
}

export const kernelOptions: readonly string[] = [
  "activation",
  "useBias",
  "kernelInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "biasRegularizer",
  "kernelConstraint",
  "biasConstraint",
];

/** The options with Keras's defaults. */
export type KernelConfig = {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;
};

/** @throws option naming the right one */
export function checkKernelOptions(where: string, options: KernelOptions): KernelConfig {
  return {
    activation: checkActivation(where, options.activation),
    useBias: options.useBias ?? true,
    kernelInitializer: initializer(where, "kernelInitializer", options.kernelInitializer, "glorotUniform"),
    biasInitializer: initializer(where, "biasInitializer", options.biasInitializer, "zeros"),
    kernelRegularizer: regularizer(where, "kernelRegularizer", options.kernelRegularizer),
    biasRegularizer: regularizer(where, "biasRegularizer", options.biasRegularizer),
    kernelConstraint: constraint(where, "kernelConstraint", options.kernelConstraint),
    biasConstraint: constraint(where, "biasConstraint", options.biasConstraint),
  };
}

/** The kernel, and a bias, where there is one: for the kernel's last axis, if not for more. */
export function kernelSpecs(
  config: Omit<KernelConfig, "activation">,
  shape: Shape,
  biasShape: Shape = shape.slice(-1),
): WeightSpec[] {
  const kernel = {
    name: "kernel",
    shape,
    initializer: config.kernelInitializer,
    regularizer: config.kernelRegularizer,
    constraint: config.kernelConstraint,
  };
  const bias = {
    name: "bias",
    shape: biasShape,
    initializer: config.biasInitializer,
    regularizer: config.biasRegularizer,
    constraint: config.biasConstraint,
  };
  return (config.useBias ? [kernel, bias] : [kernel]).map((spec) => ({ ...spec, trainable: true }));
}

/** activation(product + bias) */
export function finish(
  { activation, useBias }: Pick<KernelConfig, "activation" | "useBias">,
  weights: Weights,
  product: Tensor,
): LayerResult {
  const sum = useBias ? product.add(weightOf(weights, "bias")) : product;
  return { outputs: [activate(activation, sum)], logits: logitsOf(activation, sum) };
}
