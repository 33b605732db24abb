import type { SymbolicTensor } from "../nn/layer.js";
import type { Model } from "../train/model.js";
export interface EncoderDecoder {
  readonly model: Model;
  encoder(): Model;
  decoder(): Model;
}
export interface Half {
  readonly inputs: SymbolicTensor;
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}
export declare function encoderDecoder(
  whole: Model,
  halves: {
    readonly encoder: Half;
    readonly decoder: Half;
  },
): EncoderDecoder;
