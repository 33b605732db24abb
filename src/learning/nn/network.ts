// A network: layers in a row become named weights and one pure function of them. Holds no tensor.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { initialValue } from "./initializers.ts";
import type { CallContext, Layer, Logits, SampleType, Weights, WeightSpec } from "./layer.ts";
import { penalty } from "./regularizers.ts";

/** A weight with its place in the network: `conv2d_1/kernel`. */
export interface PlacedWeight extends WeightSpec {
  readonly path: string;
}

/** A layer with its place in a network. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** Unique in the network; Keras's automatic name where the user gave none. */
  readonly name: string;
  readonly input: SampleType;
  readonly output: SampleType;
  readonly weights: readonly PlacedWeight[];
}

export interface NetworkResult {
  readonly output: Tensor;
  /** New values of weights that are not trained, by path. */
  readonly state: Weights;
  /** Scalars to add to the loss: regularizers and the layers' own. */
  readonly losses: readonly Tensor[];
  /** The input of the last activation, where it is a sigmoid or a softmax. */
  readonly logits: Logits | undefined;
}

export interface Network {
  readonly layers: readonly PlacedLayer[];
  readonly input: SampleType;
  readonly output: SampleType;
  /** All weights, in Keras's order. */
  readonly weights: readonly PlacedWeight[];
}

/**
 * Layers one after another.
 * @throws state when the first layer does not say its input; shape where a layer does not fit
 */
export function sequentialNetwork(layers: readonly Layer[]): Network {
  const [first] = layers;
  const input = first?.inputType;
  if (first === undefined || input === undefined) {
    throw new SinterError(
      "state",
      "A network's first layer must say its input: give it inputShape: [height, width, channels], or begin with layers.input.",
    );
  }
  const names = nameLayers(layers);
  const placed: PlacedLayer[] = [];
  let type = input;
  layers.forEach((layer, index) => {
    const name = names[index] ?? "";
    if (index > 0 && layer.inputType !== undefined && !sameShape(layer.inputType.shape, type.shape)) {
      throw new SinterError(
        "shape",
        `${layer.config.kind} "${name}": inputShape ${shapeText(layer.inputType.shape)}, but the layer before gives ` +
          `${shapeText(type.shape)}. Leave inputShape out.`,
      );
    }
    const [output] = layer.outputTypes([type], `${layer.config.kind} "${name}"`);
    if (output === undefined) throw new SinterError("state", `Layer "${name}" declares no output. Declare one.`);
    const weights = layer.weights([type]).map((spec) => ({ ...spec, path: `${name}/${spec.name}` }));
    placed.push({ layer, name, input: type, output, weights });
    type = output;
  });
  return { layers: placed, input, output: type, weights: placed.flatMap((one) => one.weights) };
}

/** Keras's automatic names: `conv2d`, `conv2d_1`, `max_pooling2d`. @throws option for a name used twice */
function nameLayers(layers: readonly Layer[]): string[] {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  for (const { name } of layers) {
    if (name === undefined) continue;
    if (name === "" || name.includes("/")) {
      throw new SinterError("option", `Layer name "${name}" is empty or has a slash. Use letters, digits and _.`, {
        name,
      });
    }
    if (taken.has(name)) {
      throw new SinterError("option", `Two layers are named "${name}". Give each its own name.`, { name });
    }
    taken.add(name);
  }
  return layers.map(({ name, className }) => {
    if (name !== undefined) return name;
    const base = snakeCase(className);
    for (;;) {
      const count = counts.get(base) ?? 0;
      counts.set(base, count + 1);
      const candidate = count === 0 ? base : `${base}_${count}`;
      if (!taken.has(candidate)) return candidate;
    }
  });
}

/** As Keras names an instance of a class: `MaxPooling2D` → `max_pooling2d`. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/**
 * First values of all weights, by path.
 * @param key i32 [2]; folded with each weight's path, so that adding a layer leaves the others as they were
 */
export function initialWeights(network: Network, key: Tensor): Weights {
  return Object.fromEntries(
    network.weights.map(({ path, initializer, shape }) => [
      path,
      initialValue(initializer, shape, fold(key, hashOf(path))),
    ]),
  );
}

/**
 * The network's value.
 * @param weights every weight, by path
 * @param x [batch, ...input shape]; converted to the input's dtype
 * @throws shape when a sample has another shape than the network's input
 */
export function applyNetwork(network: Network, weights: Weights, x: Tensor, context: CallContext): NetworkResult {
  if (!sameShape(x.shape.slice(1), network.input.shape)) {
    throw new SinterError(
      "shape",
      `The network takes [batch, ${network.input.shape.join(", ")}], but ${shapeText(x.shape)} came. ` +
        "Resize the data, or change inputShape.",
      { shape: x.shape, expected: network.input.shape },
    );
  }
  let value = x.cast(network.input.dtype);
  const state: Record<string, Tensor> = {};
  const losses: Tensor[] = [];
  let logits: Logits | undefined;
  for (const { layer, name, weights: specs } of network.layers) {
    const own = Object.fromEntries(specs.map((spec) => [spec.name, findWeight(weights, spec.path)]));
    const key = context.key === undefined ? undefined : fold(context.key, hashOf(name));
    const result = layer.call(own, [value], { ...context, key });
    const [output] = result.outputs;
    if (output === undefined) throw new SinterError("state", `Layer "${name}" gave no output. Return one.`);
    for (const [weight, moved] of Object.entries(result.state ?? {})) state[`${name}/${weight}`] = moved;
    losses.push(...(result.losses ?? []));
    for (const { path, regularizer } of specs) {
      if (regularizer !== undefined && (regularizer.l1 !== 0 || regularizer.l2 !== 0)) {
        losses.push(penalty(regularizer, findWeight(weights, path)));
      }
    }
    value = output;
    logits = result.logits;
  }
  return { output: value, state, losses, logits };
}

function findWeight(weights: Weights, path: string): Tensor {
  const weight = weights[path];
  if (weight === undefined) {
    throw new SinterError("state", `Weight "${path}" is missing. Give every weight that the network declares.`, {
      path,
    });
  }
  return weight;
}

/** FNV-1a over the letters, as a signed 32-bit number. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
