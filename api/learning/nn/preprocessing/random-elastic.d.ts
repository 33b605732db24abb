import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor } from "./picture-layer.js";
import { type TransformOptions, type TransformRule } from "./transform.js";
export interface RandomElasticTransformOptions extends TransformOptions {
  readonly factor?: PictureFactor | undefined;
  readonly scale?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}
export declare function randomElasticTransform(options?: RandomElasticTransformOptions): Layer;
export interface ElasticRule {
  readonly factor: Bounds;
  readonly scale: Bounds;
  readonly valueRange: Bounds;
  readonly rule: TransformRule;
}
export interface ElasticDraws {
  readonly isChanged: Tensor;
  readonly down: Tensor;
  readonly across: Tensor;
}
export declare function elasticChange({ factor, scale, valueRange, rule }: ElasticRule): PictureChange<ElasticDraws>;
