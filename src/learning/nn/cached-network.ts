// A decoder's network as one that goes on writing: the same layers and weights, but a few places come in, attention looks at a
// cache, and only the last place goes on to the head. A transform of the network's calls; it holds no tensor.

import { SinterError } from "#engine/base/error.ts";
import { input, type InputOptions } from "./dense.ts";
import { makeLayer, type Layer } from "./layer.ts";
import { networkOf, type Network, type NetworkCall, type NetworkPlan } from "./network.ts";

/** How many places come in at once, and how many a cache holds. */
export interface CachedSizes {
  readonly numNext: number;
  readonly length: number;
}

/** Layers that treat each place alike, beside those that know of positions. */
const placewise = new Set(
  ["embedding", "reversibleEmbedding", "positionEmbedding", "causalAttention", "dense", "activation", "dropout"].concat(
    ["layerNormalization", "rmsNormalization", "add", "subtract", "multiply", "average", "identity", "rescaling"],
    ["relu", "leakyRelu", "elu", "gaussianNoise", "gaussianDropout", "activityRegularization"],
  ),
);

/**
 * Extents of one sample's keys and values behind each attention, without the places: [heads, dim].
 * @throws option for a network that cannot be continued place by place
 */
export function cacheExtents(network: Network): (readonly [heads: number, dim: number])[] {
  checkCalls(network);
  return network.calls.flatMap((call) => {
    const layer = network.layers[call.layer]?.layer;
    if (layer?.config.kind !== "causalAttention") return [];
    const { numHeads, numKeyValueHeads } = layer.config.options;
    const [, features = 0] = call.outputs[0]?.shape ?? [];
    return [[Number(numKeyValueHeads), features / Number(numHeads)] as const];
  });
}

/**
 * The network with inputs [ids [numNext], position [], last [], keys and values [heads, 1, length, dim] of each attention …]
 * and outputs [of place `last` alone [1, …], the caches with the new places in them …].
 * @param network from [time] whole numbers to [time, …], of layers that treat each place alike and causalAttention
 * @throws option for another network
 */
export function cachedNetwork(network: Network, sizes: CachedSizes): Network {
  const plan = new CachedPlan(network, sizes);
  for (const call of network.calls) if (!isInput(call)) plan.follow(call);
  return plan.finish();
}

function isInput({ inputs }: NetworkCall): boolean {
  return inputs.length === 0;
}

/** @throws option for a network that cannot be continued place by place */
function checkCalls({ layers, calls, inputs, outputs }: Network): void {
  const [first] = inputs;
  if (inputs.length !== 1 || outputs.length !== 1 || first?.shape.length !== 1 || first.dtype !== "i32") {
    throw wrong('it must take one list of words, layers.input({ shape: [time], dtype: "i32" }), and give one value');
  }
  for (const { layer, inputs: taken } of calls) {
    const { kind, options } = layers[layer]?.layer.config ?? { kind: "", options: {} };
    const axes = JSON.stringify(options["axis"] ?? -1);
    const isLastAxis = ["-1", "2", "[-1]", "[2]"].includes(axes);
    if (taken.length > 0 && (!placewise.has(kind) || !isLastAxis)) {
      throw wrong(
        `its layer "${layers[layer]?.name ?? ""}" (${kind}) may mix places. Let places meet in causalAttention`,
      );
    }
  }
  if (!calls.some(({ layer }) => layers[layer]?.layer.config.kind === "causalAttention")) {
    throw wrong("it has no causalAttention");
  }
}

function wrong(what: string): SinterError {
  return new SinterError("option", `This model cannot go on writing place by place: ${what}.`);
}

/** Takes the place `last` of [batch, time, ...]. */
function placeLayer(): Layer {
  return makeLayer({
    kind: "place",
    className: "Place",
    options: { name: "last_place" },
    known: [],
    config: {},
    outputTypes: ([x]) => [{ shape: [1, ...(x?.shape.slice(1) ?? [])], dtype: x?.dtype ?? "f32" }],
    call: (_weights, [x, last]) => {
      if (x === undefined || last === undefined) throw wrong("a place is missing");
      if (x.shape[1] === 1) return { outputs: [x] };
      const axes = x.shape.map((_, axis) => axis);
      const swapped = [1, 0, ...axes.slice(2)];
      const rows = x.transpose(swapped).take(last.reshape([-1]).slice([0], [1])); // [1, batch, ...]
      return { outputs: [rows.transpose(swapped)] };
    },
  });
}

/** The calls of a network, made anew for the next places. */
class CachedPlan {
  readonly #network: Network;
  readonly #plan: Plan;
  readonly #position: number;
  readonly #last: number;
  /** Numbers of the values that come in: keys and values of each attention that is still to come. */
  readonly #caches: number[];
  readonly #grown: number[] = [];
  /** By the number of a value in the network, its number here. */
  readonly #values: number[];
  /** By a number here, that of its last place alone. */
  readonly #selected = new Map<number, number>();
  readonly #select: number;

  constructor(network: Network, { numNext, length }: CachedSizes) {
    const extents = cacheExtents(network);
    const plan = new Plan(network.layers.map(({ layer, name }) => ({ ...layer, name })));
    this.#network = network;
    this.#plan = plan;
    this.#values = [plan.input({ shape: [numNext], dtype: "i32" }, network.calls.find(isInput)?.layer)];
    this.#position = plan.input({ shape: [], dtype: "i32", name: "position" });
    this.#last = plan.input({ shape: [], dtype: "i32", name: "last" });
    this.#caches = extents.flatMap(([heads, dim], place) =>
      ["keys", "values"].map((what) => plan.input({ shape: [heads, 1, length, dim], name: `${what}_${place}` })),
    );
    this.#select = plan.layer(placeLayer());
  }

  follow({ layer, inputs, outputs }: NetworkCall): void {
    const { kind } = this.#network.layers[layer]?.layer.config ?? {};
    const own = inputs.map((value) => this.#numberOf(value));
    if (kind !== "causalAttention") {
      const placed = kind === "positionEmbedding" ? [...own, this.#position] : own;
      const result = this.#plan.call(layer, placed, outputs.length);
      if (this.#caches.length === 0) this.#selected.set(result, result);
      this.#values.push(result);
      return;
    }
    const attended = this.#plan.call(layer, [...own, this.#position, ...this.#caches.splice(0, 2)], 3);
    this.#grown.push(attended + 1, attended + 2);
    this.#values.push(attended);
  }

  finish(): Network {
    return this.#plan.network([...this.#network.outputs.map((value) => this.#numberOf(value)), ...this.#grown]);
  }

  /** Behind the last attention nothing looks at other places any more: there the last place goes on alone. */
  #numberOf(value: number): number {
    const number = this.#values[value] ?? 0;
    if (this.#caches.length > 0) return number;
    const selected = this.#selected.get(number) ?? this.#plan.call(this.#select, [number, this.#last], 1);
    this.#selected.set(number, selected);
    return selected;
  }
}

/** Layers and calls in the making. */
class Plan {
  readonly #layers: Layer[];
  readonly #calls: NetworkPlan["calls"][number][] = [];
  #numValues = 0;

  constructor(layers: Layer[]) {
    this.#layers = layers;
  }

  /** The place of a further layer. */
  layer(layer: Layer): number {
    this.#layers.push(layer);
    return this.#layers.length - 1;
  }

  /** The number of a value that comes in, in place of a layer where one is given. */
  input(options: InputOptions, place = this.#layers.length): number {
    this.#layers[place] = input({ ...options, name: this.#layers[place]?.name ?? options.name ?? "" });
    return this.call(place, [], 1);
  }

  /** The number of the call's first value. */
  call(layer: number, inputs: readonly number[], numValues: number): number {
    this.#calls.push({ layer, inputs });
    this.#numValues += numValues;
    return this.#numValues - numValues;
  }

  network(outputs: readonly number[]): Network {
    return networkOf({ layers: this.#layers, calls: this.#calls, outputs, isSequential: false });
  }
}
