import { type Shape } from "../../engine/base/shape.js";
import { type Layer, type LayerOptions } from "../nn/layer.js";
import { type EncoderDecoder } from "./encoder-decoder.js";
export interface VaeOptions {
  readonly inputShape?: Shape;
  readonly latentSize?: number;
  readonly filters?: readonly number[];
  readonly units?: number;
  readonly klWeight?: number;
  readonly name?: string;
  readonly seed?: number;
}
export declare function vae(options?: VaeOptions): EncoderDecoder;
export interface GaussianLatentOptions extends LayerOptions {
  readonly klWeight?: number;
}
export declare function gaussianLatent(options?: GaussianLatentOptions): Layer;
