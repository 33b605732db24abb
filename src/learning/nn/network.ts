// A network: layers and their calls become named weights and one pure function of them. Holds no tensor.

import { BugError, SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { sameShape, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { fold } from "#engine/tensor/random.ts";
import { recompute } from "#engine/tensor/recompute.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { initialValue } from "./initializers.ts";
import {
  checkInputType,
  type CallContext,
  type Layer,
  outputTypesOf,
  type Logits,
  type Masks,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { nameLayers } from "./naming.ts";
import { penalty } from "./regularizers.ts";
import { keepsOrder, rounded } from "./rounding.ts";
import { segmentsOf, type Segment } from "./segments.ts";

/** Elements of the largest tensor. */
const maxSize = 2 ** 31 - 1;

/** A weight with its place in the network: `conv2d_1/kernel`. */
export interface PlacedWeight extends WeightSpec {
  readonly path: string;
}

/** A layer with its place in a network. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** Unique in the network; Keras's automatic name where the user gave none. */
  readonly name: string;
  /** What its first call takes. */
  readonly inputs: readonly SampleType[];
  /** The first value that its last call gives. */
  readonly output: SampleType;
  readonly weights: readonly PlacedWeight[];
}

/** One call of a layer. All calls' values are numbered, in order; where each call gives one, as the calls. */
export interface NetworkCall {
  /** The layer's place in the network. */
  readonly layer: number;
  /** Numbers of earlier values. A call of none takes an input of the network: the k-th of them the k-th. */
  readonly inputs: readonly number[];
  readonly outputs: readonly SampleType[];
}

export interface NetworkResult {
  /** The first output. */
  readonly output: Tensor;
  readonly outputs: readonly Tensor[];
  /** New values of weights that are not trained, by path. */
  readonly state: Weights;
  /** Scalars to add to the loss: regularizers and the layers' own. */
  readonly losses: readonly Tensor[];
  /** The inputs of the outputs' last activations, where these are a sigmoid or a softmax. */
  readonly logits: readonly (Logits | undefined)[];
  /** Which places of the outputs count. */
  readonly masks: Masks;
}

/** Layers and how they are called. Layers in a row are the network whose calls each take the one before. */
export interface Network {
  /** In Keras's order. */
  readonly layers: readonly PlacedLayer[];
  /** Each after those whose values it takes. */
  readonly calls: readonly NetworkCall[];
  readonly inputs: readonly SampleType[];
  /** The first input. */
  readonly input: SampleType;
  /** Numbers of the values that the network gives. */
  readonly outputs: readonly number[];
  readonly outputTypes: readonly SampleType[];
  /** What the first output is. */
  readonly output: SampleType;
  /** Whether it was written as layers in a row, not as calls. */
  readonly isSequential: boolean;
  /** All weights, in Keras's order. */
  readonly weights: readonly PlacedWeight[];
}

/** A network before its types and weights are known. */
export interface NetworkPlan extends Pick<Network, "outputs" | "isSequential"> {
  readonly layers: readonly Layer[];
  readonly calls: readonly Pick<NetworkCall, "layer" | "inputs">[];
}

/**
 * Layers one after another.
 * @throws state when the first layer does not say its input; shape where a layer does not fit
 */
export function sequentialNetwork(layers: readonly Layer[]): Network {
  const calls = layers.map((_, place) => ({ layer: place, inputs: place === 0 ? [] : [place - 1] }));
  return networkOf({ layers, calls, outputs: [layers.length - 1], isSequential: true });
}

/**
 * The network of a plan.
 * @throws state when a layer that takes the network's input does not say what it is, or a layer is never called; shape
 * where a layer does not fit
 */
export function networkOf({ layers, calls: planned, outputs, isSequential }: NetworkPlan): Network {
  const names = nameLayers(layers);
  const calls: NetworkCall[] = [];
  const values: SampleType[] = [];
  const inputs: SampleType[] = [];
  const placed: (PlacedLayer | undefined)[] = layers.map(() => undefined);
  for (const { layer: place, inputs: taken } of planned) {
    const layer = layers[place];
    if (layer === undefined) throw new BugError(`A call of layer ${place} of ${layers.length}.`);
    const types =
      taken.length === 0 ? [layer.inputType ?? noInput()] : taken.map((value) => values[value] ?? noInput());
    if (taken.length === 0) inputs.push(...types);
    const called = placeCall(layer, names[place] ?? "", types, placed[place]);
    if (isSequential && called.outputs.length > 1) throw severalValues(names[place] ?? "", called.outputs.length);
    placed[place] = called.placed;
    calls.push({ layer: place, inputs: taken, outputs: called.outputs });
    values.push(...called.outputs);
  }
  const list = placed.map((one, place) => one ?? neverCalled(names[place] ?? ""));
  const [input = noInput()] = inputs;
  const outputTypes = outputs.map((value) => values[value] ?? noInput());
  const [output = noInput()] = outputTypes;
  const weights = list.flatMap((one) => one.weights);
  return { layers: list, calls, inputs, input, outputs, outputTypes, output, isSequential, weights };
}

function neverCalled(name: string): never {
  throw new SinterError("state", `Layer "${name}" is never called. Leave it out, or apply it.`, { name });
}

function noInput(): never {
  throw new SinterError(
    "state",
    "A network's first layer must say its input: give it inputShape: [height, width, channels], or begin with layers.input.",
  );
}

function severalValues(name: string, count: number): SinterError {
  return new SinterError(
    "option",
    `Layer "${name}" gives ${count} values, which layers in a row cannot take. Use a functional model: layers.input, applyAll.`,
    { name },
  );
}

/** What is known of a layer after one more call, and what that gives. */
interface Called {
  readonly placed: PlacedLayer;
  readonly outputs: readonly SampleType[];
}

/** @throws shape where the layer does not fit, or would need other weights than before */
function placeCall(layer: Layer, name: string, types: readonly SampleType[], before: PlacedLayer | undefined): Called {
  const label = `${layer.config.kind} "${name}"`;
  checkInputType(layer, types[0], label);
  const outputs = outputTypesOf(layer, types, label);
  const [output = noInput()] = outputs;
  const weights = layer.weights(types).map((spec) => ({ ...spec, path: `${name}/${spec.name}` }));
  if (before === undefined) return { placed: { layer, name, inputs: types, output, weights }, outputs };
  const odd = weights.find(({ shape }, index) => !sameShape(shape, before.weights[index]?.shape ?? []));
  if (odd !== undefined) {
    throw new SinterError(
      "shape",
      `${label}: applied to ${shapeText(types[0]?.shape ?? [])} after ${shapeText(before.inputs[0]?.shape ?? [])}, its ` +
        `${odd.name} would change. Apply it to values of one shape, or make two layers.`,
      { weight: odd.name },
    );
  }
  return { placed: { ...before, output }, outputs };
}

/**
 * The same network with layers frozen, or no longer. Weights keep their order.
 * @param names of layers; all when left out
 * @throws option for a name that no layer has
 */
export function withTrainable(network: Network, trainable: boolean, names?: readonly string[]): Network {
  const known = network.layers.map(({ name }) => name);
  for (const name of names ?? []) choice("setTrainable", "layer", name, known);
  const layers = network.layers.map((placed) => {
    if (names?.includes(placed.name) === false) return placed;
    const layer = placed.layer.withTrainable(trainable);
    const weights = layer.weights(placed.inputs).map((spec) => ({ ...spec, path: `${placed.name}/${spec.name}` }));
    return { ...placed, layer, weights };
  });
  return { ...network, layers, weights: layers.flatMap((one) => one.weights) };
}

/** @throws memory for a weight that no tensor can hold */
function checkSize(path: string, shape: Shape): void {
  const size = sizeOf(shape);
  if (size <= maxSize) return;
  throw new SinterError(
    "memory",
    `${path} would hold ${size.toLocaleString("en")} numbers (${shapeText(shape)}), at most ${maxSize.toLocaleString("en")} ` +
      "are possible. Use a smaller input, for pictures a smaller image size, or pool more before this layer.",
    { path, shape },
  );
}

/**
 * First values of all weights, by path.
 * @param key i32 [2]; folded with each weight's path, so that adding a layer leaves the others as they were
 * @throws memory for a weight that no tensor can hold
 */
export function initialWeights(network: Network, key: Tensor): Weights {
  for (const { path, shape } of network.weights) checkSize(path, shape);
  return Object.fromEntries(network.weights.map((weight) => [weight.path, initialWeight(weight, key)]));
}

/** The first value of one of them. */
export function initialWeight({ path, initializer, shape, value, dtype = "f32" }: PlacedWeight, key: Tensor): Tensor {
  if (value === undefined) return initialValue(initializer, shape, fold(key, hashOf(path))).cast(dtype);
  return copyOf(value);
}

/** The same numbers in memory of their own. */
export function copyOf(value: Tensor): Tensor {
  return value.dtype === "f32" ? value.mul(1) : value.cast("f32").mul(1).cast(value.dtype);
}

/**
 * The network's value, with the penalties of its weights among the losses.
 * @param weights every weight, by path
 * @param x [batch, ...input shape], a list for several inputs; converted to the inputs' dtypes
 * @throws shape when a sample has another shape than the network's input
 */
export function applyNetwork(
  network: Network,
  weights: Weights,
  x: Tensor | readonly Tensor[],
  context: CallContext,
): NetworkResult {
  const result = callNetwork(network, weights, x, context);
  return { ...result, losses: [...result.losses, ...penalties(network, weights)] };
}

/** As `applyNetwork`, without the penalties of weights: of a network inside another that one counts them. */
export function callNetwork(
  network: Network,
  weights: Weights,
  x: Tensor | readonly Tensor[],
  context: CallContext,
): NetworkResult {
  const waiting = checkInputs(network, isTensor(x) ? [x] : x).map((value, place) => ({
    value,
    mask: context.masks?.[place] ?? (place === 0 ? context.mask : undefined),
    logits: undefined,
    isGiven: true,
  }));
  const run = new NetworkRun(network, weights, context);
  const values = run.all(waiting);
  const outputs = network.outputs.flatMap((at) => values[at] ?? []);
  const [output] = outputs;
  if (output === undefined) throw new BugError("A network without an output.");
  return {
    output: output.value,
    outputs: outputs.map(({ value }) => value),
    state: run.state,
    losses: run.losses,
    logits: outputs.map(({ logits }) => logits),
    masks: outputs.map(({ mask }) => mask),
  };
}

/** A value that a call gave, with what is known of it. */
interface CalledValue {
  readonly value: Tensor;
  readonly mask: Tensor | undefined;
  readonly logits: Logits | undefined;
  /** Whether it is an input of the network, which is taken as it is. */
  readonly isGiven?: boolean;
}

/** The calls of layers, one after another, and what they leave. */
class NetworkRun {
  readonly losses: Tensor[] = [];
  state: Weights = {};
  readonly #network: Network;
  readonly #weights: Weights;
  readonly #context: CallContext;
  readonly #numCalls = new Map<string, number>();

  constructor(network: Network, weights: Weights, context: CallContext) {
    this.#network = network;
    this.#weights = weights;
    this.#context = context;
  }

  /** All calls; gives all values. @param waiting the network's inputs */
  all(waiting: CalledValue[]): CalledValue[] {
    const { calls } = this.#network;
    const { training, recompute: isSparing } = this.#context;
    const segments = training && isSparing === true ? segmentsOf(this.#network) : [];
    const values: CalledValue[] = [];
    calls.forEach(({ layer, inputs }, number) => {
      const segment = segments.find(({ from, to }) => from <= number && number < to);
      const input = values[segment?.input ?? -1];
      if (segment === undefined || input === undefined) {
        const taken = inputs.length === 0 ? waiting.splice(0, 1) : inputs.flatMap((at) => values[at] ?? []);
        values.push(...this.call(layer, taken));
      } else if (segment.from === number) {
        const output = this.again(segment, input);
        // Of what is inside nothing is read; it takes its numbers.
        for (const call of calls.slice(segment.from, segment.to)) values.push(...call.outputs.map(() => output));
      }
    });
    return values;
  }

  /** The calls of a segment, whose inner values are computed once more for the gradient. */
  again(segment: Segment, input: CalledValue): CalledValue {
    const calls = this.#network.calls.slice(segment.from, segment.to);
    const placed = [...new Set(calls.map(({ layer }) => layer))].flatMap((place) => this.#network.layers[place] ?? []);
    const weights = placed.flatMap((one) =>
      one.weights.map(({ path }) => [path, this.state[path] ?? findWeight(this.#weights, path)] as const),
    );
    const before = new Map(this.#numCalls);
    const { output, state, losses } = recompute((taken: Taken): Left => {
      const context = { ...this.#context, key: taken.key, recompute: false };
      const inner = new NetworkRun(this.#network, taken.weights, context);
      for (const [name, count] of before) inner.#numCalls.set(name, count);
      const values = new Map([[segment.input, { ...input, value: taken.x, mask: taken.mask }]]);
      let next = segment.firstValue;
      for (const { layer, inputs } of calls) {
        for (const value of inner.call(
          layer,
          inputs.flatMap((at) => values.get(at) ?? []),
        ))
          values.set(next++, value);
      }
      const given = values.get(segment.output);
      if (given === undefined) throw new BugError("A segment without an output.");
      return { output: given, state: inner.state, losses: inner.losses };
    })({ weights: Object.fromEntries(weights), x: input.value, mask: input.mask, key: this.#context.key });
    for (const { layer } of calls) this.#count(this.#network.layers[layer]?.name ?? "");
    this.state = { ...this.state, ...state };
    this.losses.push(...losses);
    return output;
  }

  /** How often a layer was called before. */
  #count(name: string): number {
    const number = this.#numCalls.get(name) ?? 0;
    this.#numCalls.set(name, number + 1);
    return number;
  }

  call(place: number, inputs: readonly CalledValue[]): CalledValue[] {
    const placed = this.#network.layers[place];
    if (placed === undefined) throw new BugError(`Call of layer ${place} of ${this.#network.layers.length}.`);
    const { layer, name, weights: specs } = placed;
    const number = this.#count(name);
    // A layer's second call begins with what its first one left.
    const own = specs.map(({ name: own, path }) => [own, this.state[path] ?? findWeight(this.#weights, path)]);
    const masks = inputs.map(({ mask }) => mask);
    const { storedAs } = this.#context;
    const {
      outputs,
      masks: given,
      logits,
      state,
      losses,
    } = layer.call(
      Object.fromEntries(own),
      inputs.map(({ value, isGiven }) => (isGiven === true || keepsOrder(layer) ? value : rounded(value, storedAs))),
      { ...this.#context, key: keyOf(this.#context.key, name, number), mask: masks[0], masks },
    );
    if (outputs.length === 0) throw new SinterError("state", `Layer "${name}" gave no output. Return one.`);
    const moved = Object.entries(state ?? {}).map(([weight, value]) => [`${name}/${weight}`, value]);
    this.state = { ...this.state, ...Object.fromEntries(moved) };
    this.losses.push(...(losses ?? []));
    return outputs.map((value, output) => ({
      value,
      mask: given?.[output],
      logits: output === 0 ? logits : undefined,
      isGiven: layer.config.kind === "input",
    }));
  }
}

/** What a segment takes from outside. */
interface Taken {
  readonly weights: Weights;
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
  readonly key: Tensor | undefined;
}

/** What it leaves. */
interface Left {
  readonly output: Omit<CalledValue, "isGiven">;
  readonly state: Weights;
  readonly losses: readonly Tensor[];
}

function checkInputs(network: Network, given: readonly Tensor[]): Tensor[] {
  if (given.length !== network.inputs.length) {
    throw new SinterError(
      "shape",
      `The network takes ${network.inputs.length} inputs, but ${given.length} came. Give one value for each.`,
      { count: given.length, expected: network.inputs.length },
    );
  }
  return given.map((x, index) => {
    const expected = network.inputs[index] ?? network.input;
    if (sameShape(x.shape.slice(1), expected.shape)) return x.cast(expected.dtype);
    throw new SinterError(
      "shape",
      `The network takes [batch, ${expected.shape.join(", ")}], but ${shapeText(x.shape)} came. ` +
        "Resize the data, or change inputShape.",
      { shape: x.shape, expected: expected.shape },
    );
  });
}

/** Of a call: the layer's name folded in, and the number of the call after the first. */
function keyOf(key: Tensor | undefined, name: string, callNumber: number): Tensor | undefined {
  if (key === undefined) return undefined;
  const own = fold(key, hashOf(name));
  return callNumber === 0 ? own : fold(own, callNumber);
}

/** Of the regularizers, once a weight however often its layer is called. */
function penalties(network: Network, weights: Weights): Tensor[] {
  return network.weights.flatMap(({ path, regularizer }) =>
    regularizer === undefined || (regularizer.l1 === 0 && regularizer.l2 === 0)
      ? []
      : [penalty(regularizer, findWeight(weights, path))],
  );
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
