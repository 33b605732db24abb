import type { DType, HostArray } from "../../engine/base/dtype.js";
import { type Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { LogitsActivation } from "./activations.js";
import type { Constraint } from "./constraints.js";
import type { Initializer } from "./initializers.js";
import { type DataFormat } from "./data-format.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
import { type ConfigValue } from "../../engine/base/options.js";
export interface SampleType {
  readonly shape: Shape;
  readonly dtype: DType;
}
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly trainable: boolean;
  readonly regularizer?: Regularizer | undefined;
  readonly dtype?: DType | undefined;
  readonly value?: Tensor | undefined;
  readonly constraint?: Constraint | undefined;
  readonly isCarried?: boolean | undefined;
}
export type Weights = Readonly<Record<string, Tensor>>;
export interface CallContext {
  readonly training: boolean;
  readonly trainable?: boolean | undefined;
  readonly key?: Tensor | undefined;
  readonly mask?: Tensor | undefined;
  readonly masks?: Masks | undefined;
  readonly storedAs?: ShortFloat | undefined;
  readonly recompute?: boolean | undefined;
}
export type ShortFloat = "bf16" | "f16";
export type Masks = readonly (Tensor | undefined)[];
export interface Logits {
  readonly activation: LogitsActivation;
  readonly values: Tensor;
}
export interface LayerResult {
  readonly outputs: readonly Tensor[];
  readonly state?: Weights | undefined;
  readonly losses?: readonly Tensor[] | undefined;
  readonly logits?: Logits | undefined;
  readonly masks?: Masks | undefined;
}
export type LayerConfig = {
  readonly kind: string;
  readonly options: {
    readonly [name: string]: ConfigValue;
  };
};
export interface SymbolicCall {
  readonly layer: Layer;
  readonly inputs: readonly SymbolicTensor[];
  readonly types: readonly SampleType[];
}
export interface SymbolicTensor {
  readonly origin: SymbolicCall;
  readonly place: number;
  readonly type: SampleType;
}
export interface WeightPlace {
  readonly file: string;
  readonly offset: number;
  readonly data: HostArray;
}
export type EncodeLayer = (placeOf: (weight: string) => WeightPlace | undefined) => Uint8Array;
export interface Layer {
  readonly config: LayerConfig;
  readonly className: string;
  readonly name: string | undefined;
  readonly trainable: boolean;
  readonly inputType: SampleType | undefined;
  readonly order: number;
  weights(inputs: readonly SampleType[]): readonly WeightSpec[];
  outputTypes(inputs: readonly SampleType[], label: string): readonly SampleType[];
  call(weights: Weights, inputs: readonly Tensor[], context: CallContext): LayerResult;
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[];
  readonly encode?: EncodeLayer | undefined;
  withTrainable(trainable: boolean): Layer;
  readonly untransformed?: Layer | undefined;
}
export interface LayerOptions {
  readonly name?: string | undefined;
  readonly trainable?: boolean | undefined;
  readonly inputShape?: Shape | undefined;
  readonly activityRegularizer?: RegularizerName | Regularizer | null | undefined;
}
export interface SpatialOptions extends LayerOptions {
  readonly dataFormat?: DataFormat | null | undefined;
}
export interface LayerParts {
  readonly inputType?: SampleType | undefined;
  readonly kind: string;
  readonly className: string;
  readonly options: SpatialOptions & object;
  readonly known: readonly string[];
  readonly config: {
    readonly [name: string]: ConfigValue;
  };
  readonly passesMask?: boolean;
  readonly numSpatialAxes?: number | undefined;
  readonly regularizesItself?: boolean;
  readonly encode?: EncodeLayer | undefined;
  weights?(inputs: readonly SampleType[]): readonly WeightSpec[];
  outputTypes(inputs: readonly SampleType[], label: string): readonly SampleType[];
  call(weights: Weights, inputs: readonly Tensor[], context: CallContext): LayerResult;
}
export declare function makeLayer(parts: LayerParts): Layer;
export declare function activityPenalty(rule: Regularizer, output: Tensor): Tensor;
export declare function withWeights(
  layer: Layer,
  parts: Pick<Layer, "config" | "weights" | "call" | "withTrainable" | "untransformed">,
): Layer;
export declare function isLayer(value: unknown): value is Layer;
export declare function outputTypesOf(
  layer: Layer,
  inputs: readonly SampleType[],
  label: string,
): readonly SampleType[];
export declare function checkInputType({ inputType }: Layer, came: SampleType | undefined, label: string): void;
export declare function single<Item>(inputs: readonly Item[], label: string): Item;
export declare function singleOfRank(inputs: readonly SampleType[], rank: number, label: string): SampleType;
export declare function stepOf(input: SampleType | undefined, label: string): SampleType;
export declare function weightsBelow(weights: Weights, prefix: string): Weights;
export declare function weightOf(weights: Weights, name: string): Tensor;
