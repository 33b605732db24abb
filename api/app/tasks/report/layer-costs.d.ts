import type { Network } from "../../../learning/nn/network.js";
export interface LayerCost {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: readonly number[];
  readonly numParameters: number;
  readonly flops: number;
}
export declare function layerCosts(network: Network): LayerCost[];
