import { type Tensor } from "../../engine/tensor/tensor.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface EmbeddingOptions extends LayerOptions {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly embeddingsInitializer?: InitializerName | Initializer;
  readonly embeddingsRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly embeddingsConstraint?: ConstraintName | Constraint | null | undefined;
  readonly maskZero?: boolean;
  readonly weights?: Tensor | readonly [Tensor] | undefined;
}
export declare function embedding(options: EmbeddingOptions): Layer;
export interface ReversibleEmbeddingOptions extends Omit<EmbeddingOptions, "weights"> {
  readonly tieWeights?: boolean;
  readonly logitSoftCap?: number | null | undefined;
}
export declare function reversibleEmbedding(options: ReversibleEmbeddingOptions): Layer;
export interface MaskingOptions extends LayerOptions {
  readonly maskValue?: number;
}
export declare function masking(options?: MaskingOptions): Layer;
