// Where Keras keeps a layer's weights: for each kind their names, their order and their places below the layer's group.
// Gates, biases and kernels lie as Keras has them, so no value is moved.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described } from "#learning/formats/model-json.ts";
import { badKeras, field, isList, isObject, type JsonObject } from "./json.ts";
import { groupOfKind } from "./names.ts";

/** One weight of a layer. */
export interface WeightSlot {
  /** Sinter's name below the layer: `kernel`, `forward/bias`. */
  readonly name: string;
  /** Where Keras's files keep it below the layer's group: `vars/0`. */
  readonly at: string;
  /** A second place that Keras's files repeat it in. */
  readonly alsoAt?: string | undefined;
  /** Where Keras's files count what a statistic was made of. */
  readonly countAt?: string | undefined;
  /** What is no weight to be learnt comes after the others in older files. */
  readonly trainable: boolean;
  /** Whether files may leave it out: what a recurrent layer carries from batch to batch. */
  readonly isCarried?: boolean;
}

/** A weight's name; in brackets where it is not trained. */
type NamesOf = (options: JsonObject) => readonly (string | false)[];

const withBias: NamesOf = ({ useBias }) => ["kernel", useBias !== false && "bias"];
const affine: NamesOf = ({ scale, center }) => [scale !== false && "gamma", center !== false && "beta"];
const separable: NamesOf = ({ useBias }) => ["depthwiseKernel", "pointwiseKernel", useBias !== false && "bias"];
const gated: NamesOf = ({ useBias }) => ["kernel", "recurrentKernel", useBias !== false && "bias"];

/** Layers whose weights lie in their own group, in this order. */
const plainNames: Readonly<Record<string, NamesOf>> = {
  dense: withBias,
  conv1d: withBias,
  conv2d: withBias,
  conv3d: withBias,
  conv1dTranspose: withBias,
  conv2dTranspose: withBias,
  conv3dTranspose: withBias,
  depthwiseConv1d: withBias,
  depthwiseConv2d: withBias,
  separableConv1d: separable,
  separableConv2d: separable,
  einsumDense: ({ biasAxes }) => ["kernel", biasAxes !== undefined && biasAxes !== null && "bias"],
  embedding: () => ["embeddings"],
  reversibleEmbedding: ({ tieWeights }) => ["embeddings", tieWeights === false && "reverseEmbeddings"],
  prelu: () => ["alpha"],
  batchNormalization: (options) => [...affine(options), "(movingMean)", "(movingVariance)"],
  layerNormalization: affine,
  groupNormalization: affine,
  rmsNormalization: () => ["scale"],
  normalization: () => ["(mean)", "(variance)"],
  attention: ({ useScale, scoreMode }) => [useScale === true && "scale", scoreMode === "concat" && "concatScoreWeight"],
  additiveAttention: ({ useScale }) => [useScale !== false && "scale"],
  lstmCell: gated,
  gruCell: gated,
  simpleRnnCell: gated,
};

/** Layers whose weights are those of a cell in them. */
const cellNames: Readonly<Record<string, NamesOf>> = {
  lstm: gated,
  gru: gated,
  simpleRnn: gated,
  convLstm1d: gated,
  convLstm2d: gated,
  convLstm3d: gated,
};

/** Groups of the projections of attention with heads, in the order of the weights. */
const headGroups: Readonly<Record<string, readonly (readonly [name: string, group: string])[]>> = {
  multiHeadAttention: [
    ["query", "query_dense"],
    ["key", "key_dense"],
    ["gate", "gate_dense"],
    ["value", "value_dense"],
    ["attentionOutput", "output_dense"],
  ],
  groupQueryAttention: [
    ["query", "_query_dense"],
    ["key", "_key_dense"],
    ["gate", "_gate_dense"],
    ["value", "_value_dense"],
    ["attentionOutput", "_output_dense"],
  ],
};

/** Numbers of the states of cells. */
const numStates: Readonly<Record<string, number>> = {
  lstm: 2,
  lstmCell: 2,
  convLstm1d: 2,
  convLstm2d: 2,
  convLstm3d: 2,
};

/** The weights of a layer, in the order of its `weights` in Keras. @throws format for wrappers of nothing */
export function weightSlots({ kind, options }: Described): WeightSlot[] {
  const slots = slotsOf(kind, options);
  return options["trainable"] === false ? slots.map((slot) => ({ ...slot, trainable: false })) : slots;
}

function slotsOf(kind: string, options: JsonObject): WeightSlot[] {
  const plain = own(plainNames, kind);
  if (plain !== undefined) return inGroup(plain(options), "vars");
  const cell = own(cellNames, kind);
  if (cell !== undefined) return [...inGroup(cell(options), "cell/vars"), ...stateSlots(options, numStates[kind] ?? 1)];
  const heads = own(headGroups, kind);
  if (heads !== undefined) return headSlots(heads, options);
  switch (kind) {
    case "rnn":
      return rnnSlots(options);
    case "stackedRnnCells":
      return stackSlots(describedList(options["cells"]), "cells", "cell");
    case "pipeline":
      return stackSlots(describedList(options["layers"]), "layers", "");
    case "bidirectional":
      return pairSlots(options);
    case "timeDistributed":
      return below("", "layer", describedOf(options["layer"]));
    case "spectralNormalization":
      return spectralSlots(describedOf(options["layer"]));
    case "model":
      return networkSlots(describedList(options["layers"]), options["isSequential"] === true, "layers").map(
        ({ layer, slot }) => ({ ...slot, name: `${layer}/${slot.name}` }),
      );
    default:
      return [];
  }
}

function rnnSlots(options: JsonObject): WeightSlot[] {
  const cells = cellsOf(options);
  const inner = isList(options["cell"]) ? stackSlots(cells, "cell/cells", "cell") : below("", "cell", cells[0]);
  const count = cells.reduce((sum, one) => sum + statesOf(one), 0);
  return [...inner, ...stateSlots(options, count)];
}

function pairSlots({ layer, backwardLayer }: JsonObject): WeightSlot[] {
  return [
    ...below("forward/", "forward_layer", describedOf(layer)),
    ...below("backward/", "backward_layer", describedOf(isObject(backwardLayer) ? backwardLayer : layer)),
  ];
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function inGroup(names: readonly (string | false)[], group: string): WeightSlot[] {
  return names
    .filter((name) => name !== false)
    .map((name, index) => ({
      name: name.replaceAll(/[()]/g, ""),
      at: `${group}/${index}`,
      trainable: !name.startsWith("("),
      ...(name === "(variance)" ? { countAt: `${group}/${index + 1}` } : {}),
    }));
}

/** Keras's files leave states out. */
function stateSlots({ stateful }: JsonObject, count: number): WeightSlot[] {
  if (stateful !== true) return [];
  return Array.from({ length: count }, (_, number) => ({
    name: number === 0 ? "rnnState" : `rnnState${number}`,
    at: "",
    trainable: false,
    isCarried: true,
  }));
}

/** How many states a cell or a recurrent layer has. */
export function statesOf({ kind, options }: Described): number {
  if (kind === "rnn") return cellsOf(options).reduce((sum, one) => sum + statesOf(one), 0);
  if (kind === "stackedRnnCells") return describedList(options["cells"]).reduce((sum, one) => sum + statesOf(one), 0);
  return numStates[kind] ?? 1;
}

function cellsOf({ cell }: JsonObject): Described[] {
  return isList(cell) ? describedList(cell) : [describedOf(cell)];
}

function headSlots(groups: readonly (readonly [string, string])[], options: JsonObject): WeightSlot[] {
  return groups
    .filter(([name]) => name !== "gate" || options["useGate"] === true)
    .flatMap(([name, group]) =>
      inGroup(withBias(options), `${group}/vars`).map((slot) => ({ ...slot, name: `${name}/${slot.name}` })),
    );
}

/** The weights of a layer inside another. */
function below(prefix: string, group: string, layer: Described | undefined): WeightSlot[] {
  if (layer === undefined) return [];
  return weightSlots(layer).map((slot) => ({
    ...slot,
    name: `${prefix}${slot.name}`,
    at: `${group}/${slot.at}`,
    alsoAt: slot.alsoAt === undefined ? undefined : `${group}/${slot.alsoAt}`,
    countAt: slot.countAt === undefined ? undefined : `${group}/${slot.countAt}`,
  }));
}

function stackSlots(layers: readonly Described[], group: string, prefix: string): WeightSlot[] {
  const names = groupNames(layers.map(({ kind }) => groupOfKind(kind, false)));
  return layers.flatMap((layer, number) => below(`${prefix}${number}/`, `${group}/${names[number] ?? ""}`, layer));
}

/** Keras keeps the kernel twice: as the wrapper's and as the layer's. */
function spectralSlots(layer: Described): WeightSlot[] {
  const [kernel, ...others] = below("", "layer", layer);
  if (kernel === undefined) throw badKeras("spectralNormalization wraps a layer without a kernel");
  const vectorU = { name: "vectorU", at: "vars/1", trainable: false };
  return [{ ...kernel, alsoAt: "vars/0" }, vectorU, ...others];
}

/** `dense`, `dense_1`, … for groups of one container. */
function groupNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/** Where each layer of a network has its group, below the one given. The input of layers in a row has none. */
export function layerGroups(
  layers: readonly Described[],
  isSequential: boolean,
  group: string,
): { readonly layer: Described; readonly at: string }[] {
  const kept = layers.filter(({ kind }) => !(isSequential && kind === "input"));
  const names = groupNames(kept.map(({ kind, options }) => groupOfKind(kind, options["isSequential"] === true)));
  return kept.map((layer, number) => ({ layer, at: `${group}/${names[number] ?? ""}` }));
}

/** Of each layer of a network its weights and where they lie below the group given. */
export function networkSlots(
  layers: readonly Described[],
  isSequential: boolean,
  group: string,
): { readonly layer: string; readonly slot: WeightSlot }[] {
  return layerGroups(layers, isSequential, group).flatMap(({ layer, at }) =>
    below("", at, layer).map((slot) => ({ layer: layerName(layer), slot })),
  );
}

/** The name that a description gives a layer. @throws format where there is none */
export function layerName({ kind, options }: Described): string {
  const { name } = options;
  if (typeof name === "string") return name;
  throw badKeras(`a layer of kind ${kind} has no name`);
}

/** A layer in an option. @throws format */
export function describedOf(value: ConfigValue): Described {
  const [kind, options] = isObject(value) ? [field(value, "kind"), field(value, "options")] : [];
  if (typeof kind === "string" && isObject(options)) return { kind, options };
  throw badKeras("a layer that wraps another has none");
}

/** @throws format */
export function describedList(value: ConfigValue): Described[] {
  if (!isList(value)) throw badKeras("a layer that holds others has no list of them");
  return value.map(describedOf);
}
