// Feature maps for small pictures and few classes: plain convolutions with batch normalization, halved again and again.

import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";

/** Channels after each halving; from the third on the maps are given out, a last one after these. */
const channels = [16, 32, 64, 96, 128];

/** Maps of an eighth of the picture's extents, a sixteenth, a thirty-second and a sixty-fourth. */
export function smallMaps(picture: SymbolicTensor): SymbolicTensor[] {
  let x = picture;
  const maps: SymbolicTensor[] = [];
  for (const [index, filters] of channels.entries()) {
    x = convolved(x, filters, { kernelSize: 3, strides: 2, name: `down_${index}` });
    if (index > 0) x = convolved(x, filters, { kernelSize: 3, strides: 1, name: `conv_${index}` });
    if (index > 1) maps.push(x);
  }
  maps.push(convolved(x, 128, { kernelSize: 3, strides: 2, name: "down_5" }));
  return maps;
}

interface Convolution {
  readonly kernelSize: number;
  readonly strides: number;
  readonly name: string;
}

function convolved(x: SymbolicTensor, filters: number, { name, ...options }: Convolution): SymbolicTensor {
  const conv = layers.conv2d({ ...options, filters, padding: "same", useBias: false, name });
  const normalized = layers.batchNormalization({ name: `${name}_bn` }).apply(conv.apply(x));
  return layers.activation({ activation: "relu", name: `${name}_relu` }).apply(normalized);
}
