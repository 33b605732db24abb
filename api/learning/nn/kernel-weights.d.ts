import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Activation } from "./activations.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type LayerOptions, type LayerResult, type Weights, type WeightSpec } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
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
export declare const kernelOptions: readonly string[];
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
export declare function checkKernelOptions(where: string, options: KernelOptions): KernelConfig;
export declare function kernelSpecs(
  config: Omit<KernelConfig, "activation">,
  shape: Shape,
  biasShape?: Shape,
): WeightSpec[];
export declare function finish(
  { activation, useBias }: Pick<KernelConfig, "activation" | "useBias">,
  weights: Weights,
  product: Tensor,
): LayerResult;
