// A network that makes values small and then whole again: trained as one model, used as two.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { networkFunction } from "#learning/train/network-function.ts";

export interface EncoderDecoder {
  /** Values to values again: this one learns, by `fit(x, x)`. */
  readonly model: Model;
  /** The first half with the weights that the model has now. */
  encoder(): Model;
  /** The second half with the weights that the model has now. */
  decoder(): Model;
}

/** A half: what it takes and gives, of layers with the names that they have in the whole. */
export interface Half {
  readonly inputs: SymbolicTensor;
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}

export function encoderDecoder(
  whole: Model,
  halves: { readonly encoder: Half; readonly decoder: Half },
): EncoderDecoder {
  const halfOf = (half: Half, name: string): Model => {
    const part = model({ ...half, name: `${whole.name}_${name}` });
    const { weights, frozen } = networkFunction(whole);
    const own = new Set(part.network.weights.map(({ path }) => path));
    part.setWeights(Object.fromEntries(Object.entries({ ...weights, ...frozen }).filter(([path]) => own.has(path))));
    return part;
  };
  return {
    model: whole,
    encoder: () => halfOf(halves.encoder, "encoder"),
    decoder: () => halfOf(halves.decoder, "decoder"),
  };
}
