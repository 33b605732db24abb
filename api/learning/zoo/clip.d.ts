import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Model } from "../train/model.js";
export interface ClipTower {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateSize: number;
}
export interface ClipConfig {
  readonly projectionDim: number;
  readonly vision: ClipTower & {
    readonly imageSize: number;
    readonly patchSize: number;
  };
  readonly text: ClipTower & {
    readonly vocabSize: number;
    readonly maxPositions: number;
  };
  readonly activation?: "gelu" | "quickGelu";
  readonly seed?: number;
}
export interface Clip {
  readonly pictures: Model;
  readonly texts: Model;
  readonly logitScale: number;
}
export declare const clipVitB32: ClipConfig;
export declare function clip(config: ClipConfig): Clip;
export declare function similarity(pictures: Tensor, texts: Tensor, logitScale?: Tensor | number): Tensor;
export declare function clipLoss(logits: Tensor): Tensor;
