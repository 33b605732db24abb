import type { Model } from "../train/model.js";
import type { TransformersConfig } from "./transformers-folder.js";
export interface DecoderSizes {
  readonly inputLength?: number;
}
export interface NamedDecoder {
  readonly model: Model;
  readonly prefix: string;
  readonly isTransposed: boolean;
}
export declare function decoderOf(config: TransformersConfig, sizes?: DecoderSizes): NamedDecoder;
