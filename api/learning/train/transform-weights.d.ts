import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Weights } from "../nn/layer.js";
import { type Network, type PlacedLayer, type PlacedWeight } from "../nn/network.js";
import { type WeightTransform } from "../nn/weight-transform.js";
import { type ModelCore } from "./model-core.js";
export interface PlainWeight {
  readonly placed: PlacedLayer;
  readonly spec: PlacedWeight;
}
export declare function plainWeights({ layers }: Network): PlainWeight[];
export declare function plainValue(core: ModelCore, { placed, spec }: PlainWeight): Tensor;
export declare function setTransforms(
  core: ModelCore,
  transformsFor: (placed: PlacedLayer) => readonly WeightTransform[],
  values: Weights,
): void;
export declare function requirePlainWeights({ layers }: Network, where: string): void;
