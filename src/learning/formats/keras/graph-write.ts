// The calls of a network as Keras 3 reads them: for each layer the references of each of its calls.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described, DescribedGraph } from "#learning/formats/model-json.ts";
import { valuesOf } from "./graph-read.ts";
import { field, objectOf, type JsonObject } from "./json.ts";
import { writeArguments } from "./operations.ts";
import { layerName } from "./weight-slots.ts";

/** Where a value comes from. */
interface Origin {
  readonly layer: Described;
  readonly node: number;
  readonly place: number;
}

/** Layers that take queries, values and keys one by one, and the names of what follows the query. */
const namedInputs: Readonly<Record<string, readonly string[]>> = {
  multiHeadAttention: ["value", "key"],
  groupQueryAttention: ["value", "key"],
};

/** Options of sinter's layers that Keras's take with each call. */
const callOptions: Readonly<Record<string, string>> = {
  useCausalMask: "use_causal_mask",
  returnAttentionScores: "return_attention_scores",
};

const recurrent: ReadonlySet<string> = new Set([
  "lstm",
  "gru",
  "simpleRnn",
  "rnn",
  "bidirectional",
  "convLstm1d",
  "convLstm2d",
  "convLstm3d",
]);

/** Layers, inputs and outputs of a functional network's configuration. */
export function writeCalls(
  layers: readonly Described[],
  { calls, outputs }: DescribedGraph,
  write: (layer: Described) => JsonObject,
): JsonObject {
  const origins: Origin[] = [];
  const nodes = layers.map((): ConfigValue[] => []);
  const inputs: ConfigValue[] = [];
  for (const call of calls) {
    const layer = layers[call.layer];
    const own = nodes[call.layer];
    if (layer === undefined || own === undefined) continue;
    const taken = call.inputs.flatMap((value) => origins[value] ?? []);
    const node = taken.length === 0 ? 0 : own.length;
    if (taken.length === 0) inputs.push([layerName(layer), 0, 0]);
    else own.push(writeNode(layer, taken));
    for (let place = 0; place < valuesOf(layer); place += 1) origins.push({ layer, node, place });
  }
  return {
    layers: layers.map((layer, place) => ({ ...withoutCallOptions(write(layer)), inbound_nodes: nodes[place] ?? [] })),
    input_layers: inputs,
    output_layers: outputs.flatMap((value) => {
      const origin = origins[value];
      if (origin === undefined) return [];
      // A functional network inside another has a call of its own before the others.
      const own = origin.layer.kind === "model" && origin.layer.options["isSequential"] !== true ? 1 : 0;
      return [[layerName(origin.layer), origin.node + own, origin.place]];
    }),
  };
}

function withoutCallOptions(object: JsonObject): JsonObject {
  const names = new Set(Object.values(callOptions));
  const config = objectOf(field(object, "config"), "config");
  return { ...object, config: Object.fromEntries(Object.entries(config).filter(([name]) => !names.has(name))) };
}

function writeNode({ kind, options }: Described, inputs: readonly Origin[]): ConfigValue {
  const tensors = inputs.map(tensorOf);
  if (kind === "operation") return writeArguments({ kind, options }, tensors);
  const named: [string, ConfigValue][] = Object.entries(callOptions).flatMap(([option, name]) =>
    options[option] === true ? [[name, true] as [string, ConfigValue]] : [],
  );
  const [first = null, ...others] = tensors;
  const names = Object.hasOwn(namedInputs, kind) ? namedInputs[kind] : undefined;
  if (names !== undefined) {
    const values = others.length === 0 ? [first] : others;
    const last = inputs.length > 2 ? inputs.at(-1) : undefined;
    const given = values.map((value, place): [string, ConfigValue] => [
      last !== undefined && place === values.length - 1 && isMask(last) ? "attention_mask" : (names[place] ?? ""),
      value,
    ]);
    return { args: [first], kwargs: Object.fromEntries([...given, ...named]) };
  }
  if (recurrent.has(kind) && others.length > 0) {
    return { args: [first], kwargs: Object.fromEntries([["initial_state", others], ...named]) };
  }
  return { args: others.length === 0 ? [first] : [tensors], kwargs: Object.fromEntries(named) };
}

/** A last input of truth values is a mask. */
function isMask({ layer }: Origin): boolean {
  return layer.kind === "input" && layer.options["dtype"] === "bool";
}

/** Keras makes shapes and dtypes anew when it calls the layers. */
function tensorOf({ layer, node, place }: Origin): ConfigValue {
  return {
    class_name: "__keras_tensor__",
    config: { shape: [null], dtype: "float32", keras_history: [layerName(layer), node, place] },
  };
}
