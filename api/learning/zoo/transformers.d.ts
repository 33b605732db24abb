import type { StoredTensor } from "../formats/safetensors.js";
import type { Model } from "../train/model.js";
import { type DecoderSizes, type NamedDecoder } from "./decoder-config.js";
export declare function loadTransformers(folder: string, sizes?: DecoderSizes): Promise<Model>;
export declare function fromTransformers(
  config: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  sizes?: DecoderSizes,
): Model;
export declare function storedNameOf(
  path: string,
  { prefix, isTransposed }: Omit<NamedDecoder, "model">,
): {
  readonly name: string;
  readonly isTransposed: boolean;
};
