import type { QuantizedTensor } from "../formats/quantized-tensor.js";
import { type QuantizedKind } from "../nn/quantized-weight.js";
import type { Model } from "./model.js";
import { type Targets } from "./targets.js";
export interface QuantizeWeightsOptions {
  readonly kind: QuantizedKind;
  readonly targets?: Targets;
  readonly blocks?: ReadonlyMap<string, QuantizedTensor>;
}
export declare function quantizeWeights(model: Model, options: QuantizeWeightsOptions): Model;
