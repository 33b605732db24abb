// A model whose weights are transformed in place: layers declare other weights, whose values follow from those that there
// were. What each transform does to a weight is said in its own file.

import { SinterError } from "#engine/base/error.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { initialWeight, type Network, type PlacedLayer, type PlacedWeight } from "#learning/nn/network.ts";
import {
  transformsOf,
  transformsOption,
  weightValue,
  withTransforms,
  type WeightTransform,
} from "#learning/nn/weight-transform.ts";
import { allWeights, separate, type ModelCore } from "./model-core.ts";

/** A weight of a layer, as the layer declares it without transforms. */
export interface PlainWeight {
  readonly placed: PlacedLayer;
  /** With the path that it has without them: `dense/kernel`. */
  readonly spec: PlacedWeight;
}

/** All weights that the layers would have without transforms. */
export function plainWeights({ layers }: Network): PlainWeight[] {
  return layers.flatMap((placed) => {
    const { layer, name, inputs } = placed;
    const specs = (layer.untransformed ?? layer).weights(inputs);
    return specs.map((spec) => ({ placed, spec: { ...spec, path: `${name}/${spec.name}` } }));
  });
}

/** The value of such a weight, f32. */
export function plainValue(core: ModelCore, { placed, spec }: PlainWeight): Tensor {
  const all = allWeights(core);
  const own = placed.weights.map(({ name, path }) => [name, all[path]]);
  return weightValue(placed.layer, spec, Object.fromEntries(own.filter(([, value]) => value !== undefined)));
}

/**
 * Gives each layer these transforms in place of those that it had. Weights that stay keep their values, others take those
 * given or begin as they are declared; what the optimizer knew of its steps is dropped.
 * @param values by path
 */
export function setTransforms(
  core: ModelCore,
  transformsFor: (placed: PlacedLayer) => readonly WeightTransform[],
  values: Weights,
): void {
  const layers = core.network.layers.map((placed) => {
    const transforms = transformsFor(placed);
    if (transforms.length === 0 && transformsOf(placed.layer).length === 0) return placed;
    const layer = withTransforms(placed.layer, transforms);
    const weights = layer.weights(placed.inputs).map((spec) => ({ ...spec, path: `${placed.name}/${spec.name}` }));
    return { ...placed, layer, weights };
  });
  const network = { ...core.network, layers, weights: layers.flatMap(({ weights }) => weights) };
  const known = { ...allWeights(core), ...values };
  const first = key(core.seed);
  const all = network.weights.map((weight) => [weight.path, known[weight.path] ?? initialWeight(weight, first)]);
  Object.assign(core, { network, ...separate(network, Object.fromEntries(all)), optimizerState: undefined });
  for (const programs of Object.values(core.programs)) programs.clear();
}

/** @throws option for layers of transformed weights, which other libraries' files have no words for */
export function requirePlainWeights({ layers }: Network, where: string): void {
  const found = layers.find(({ layer }) => JSON.stringify(layer.config).includes(`"${transformsOption}"`));
  if (found === undefined) return;
  throw new SinterError(
    "option",
    `${where}: the weights of "${found.name}" are quantized or have changes of low rank, which the format has no words for. ` +
      "Call mergeLora first, save before you quantize, or save a folder.",
    { layer: found.name },
  );
}
