// A block of a transformer that normalizes first, as ViT and CLIP are made of: attention and a dense network, each added to
// what it was given.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { activated, channelsOf } from "./picture-model.ts";

export interface EncoderBlock {
  /** Begins the names of its layers. */
  readonly name: string;
  readonly numHeads: number;
  /** Features between the two dense layers. */
  readonly mlpDim: number;
  /** Of the normalizations. */
  readonly epsilon: number;
  /** "quickGelu" is x · sigmoid(1.702 x). */
  readonly activation: "gelu" | "quickGelu";
  readonly dropout?: number | undefined;
  /** Whether a place sees only those before it. */
  readonly useCausalMask?: boolean | undefined;
}

/** A sequence [time, features] after one block. */
export function encoderBlock(x: SymbolicTensor, spec: EncoderBlock): SymbolicTensor {
  const { name, numHeads, mlpDim, epsilon, useCausalMask = false } = spec;
  const features = channelsOf(x);
  const attention = { numHeads, keyDim: features / numHeads, useCausalMask, name: `${name}_self_attention` };
  let y = layers.layerNormalization({ epsilon, name: `${name}_ln_1` }).apply(x);
  y = layers.multiHeadAttention(attention).apply([y, y]); // [time, features]
  const half = layers.add({ name: `${name}_add_1` }).apply([x, dropped(y, spec, "dropout")]);
  y = layers.layerNormalization({ epsilon, name: `${name}_ln_2` }).apply(half);
  y = layers.dense({ units: mlpDim, name: `${name}_mlp_1` }).apply(y); // [time, mlpDim]
  y = dropped(activation(y, spec), spec, "mlp_dropout_1");
  y = layers.dense({ units: features, name: `${name}_mlp_2` }).apply(y);
  return layers.add({ name: `${name}_add_2` }).apply([half, dropped(y, spec, "mlp_dropout_2")]);
}

function dropped(x: SymbolicTensor, { name, dropout = 0 }: EncoderBlock, part: string): SymbolicTensor {
  return dropout === 0 ? x : layers.dropout({ rate: dropout, name: `${name}_${part}` }).apply(x);
}

function activation(x: SymbolicTensor, spec: EncoderBlock): SymbolicTensor {
  const name = `${spec.name}_mlp_activation`;
  if (spec.activation === "gelu") return activated(x, "gelu", name);
  const gate = activated(layers.rescaling({ scale: 1.702, name: `${name}_scale` }).apply(x), "sigmoid", `${name}_gate`);
  return layers.multiply({ name }).apply([x, gate]);
}
