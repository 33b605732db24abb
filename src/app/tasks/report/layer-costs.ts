// What each layer of a model costs: parameters, and multiplications and additions for one sample. Runs nothing.

import { sizeOf } from "#engine/base/shape.ts";
import type { Network, PlacedLayer } from "#learning/nn/network.ts";

/** A row of the report's table of layers. */
export interface LayerCost {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: readonly number[];
  readonly numParameters: number;
  /** Floating-point operations of its kernels for one sample; element-wise work is not counted. */
  readonly flops: number;
}

/** Costs of every layer but the input, in order. */
export function layerCosts(network: Network): LayerCost[] {
  return network.layers
    .filter(({ layer }) => layer.className !== "InputLayer")
    .map((placed) => ({
      name: placed.name,
      kind: placed.layer.className,
      outputShape: placed.output.shape,
      numParameters: placed.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      flops: flopsOf(placed),
    }));
}

/** Two operations a kernel element and place: a kernel is applied at each output place, a transposed one at each input place. */
function flopsOf({ layer, inputs, output, weights }: PlacedLayer): number {
  const isTransposed = layer.className.endsWith("Transpose");
  const shape = isTransposed ? (inputs[0]?.shape ?? []) : output.shape;
  const numPlaces = sizeOf(shape.slice(0, -1));
  const kernels = weights.filter(({ name }) => /kernel$/i.test(name));
  return kernels.reduce((sum, kernel) => sum + 2 * sizeOf(kernel.shape) * numPlaces, 0);
}
