// Networks in Keras's files: layers in a row, and layers with the calls that join them, in the forms of Keras 3 and of 1 and 2.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described, DescribedGraph } from "#learning/formats/model-json.ts";
import { readCalls } from "./graph-read.ts";
import { writeCalls } from "./graph-write.ts";
import { badKeras, field, isList, isObject, listOf, objectOf, textOf, type JsonObject } from "./json.ts";
import { readPlainLayer, writeInput, writePlainLayer, type ReadContext } from "./layer-config.ts";
import { networkClasses } from "./names.ts";
import { writeOperation } from "./operations.ts";
import { checkModule, kerasObject } from "./values.ts";
import { describedList, describedOf, layerName } from "./weight-slots.ts";

/** A network as sinter describes it. */
export interface ReadNetwork {
  readonly name: string;
  readonly layers: readonly Described[];
  /** Left out where each layer takes the value of the one before. */
  readonly graph?: DescribedGraph | undefined;
}

const maxLayers = 65_536;

/** The layer or network that an object of Keras's stands for. @throws format */
export function readLayer(value: ConfigValue, context: ReadContext): Described {
  const object = objectOf(value, "a layer");
  const className = textOf(field(object, "class_name"), "a layer's class_name");
  if (!networkClasses.has(className)) return readPlainLayer(object, context, (inner) => readLayer(inner, context));
  checkModule(object, `the network ${className}`);
  return readNetwork(className, field(object, "config"), context);
}

/** Keras's object of a layer or network. @throws format for what only sinter has */
function writeLayer(layer: Described, batchSize: number | null = null): JsonObject {
  if (layer.kind === "model") return writeNetwork(layer);
  if (layer.kind === "operation") return writeOperation(layer);
  return layer.kind === "input" ? writeInput(layer.options, batchSize) : writePlainLayer(layer, writeLayer);
}

/** The network of a configuration. @throws format */
export function readPlan(className: string, config: ConfigValue, context: ReadContext): ReadNetwork {
  return className === "Sequential" ? readRow(config, context) : readGraph(objectOf(config, className), context);
}

function checkedLayers(value: ConfigValue): readonly ConfigValue[] {
  const layers = listOf(value, "layers");
  if (layers.length === 0 || layers.length > maxLayers) throw badKeras(`a network of ${layers.length} layers`);
  return layers;
}

/** The oldest files have a list in place of the configuration. */
function readRow(config: ConfigValue, context: ReadContext): ReadNetwork {
  const fields = isList(config) ? { layers: config } : objectOf(config, "Sequential");
  const entries = checkedLayers(field(fields, "layers"));
  const layers = named(entries.map((one) => readLayer(one, context)));
  const name = field(fields, "name");
  return {
    name: typeof name === "string" ? name : "sequential",
    layers: withBatchSize(withShape(layers, fields, context), entries),
  };
}

/** A row that does not say its input may have been built for one, or begin with a network that does. */
function withShape(layers: readonly Described[], fields: JsonObject, context: ReadContext): readonly Described[] {
  const [first] = layers;
  if (first === undefined || first.kind === "input" || first.options["inputShape"] !== undefined) return layers;
  const input = innerInput(first) ?? builtInput(field(fields, "build_input_shape"), context);
  if (input === undefined) return layers;
  return [{ kind: "input", options: { ...input, name: freeName(layers, "input_layer") } }, ...layers];
}

/** Shape and dtype that a network takes. */
function innerInput({ kind, options }: Described): JsonObject | undefined {
  const [first] = kind === "model" ? describedList(options["layers"]) : [];
  if (first?.kind === "input") return { shape: first.options["shape"], dtype: first.options["dtype"] };
  return first?.options["inputShape"] === undefined ? undefined : { shape: first.options["inputShape"], dtype: "f32" };
}

function builtInput(shape: ConfigValue, context: ReadContext): JsonObject | undefined {
  if (!isList(shape)) return undefined;
  const config = { batch_shape: shape, dtype: "float32", name: "input" };
  const { options } = readLayer({ class_name: "InputLayer", config }, context);
  return { shape: options["shape"], dtype: "f32" };
}

function freeName(layers: readonly Described[], base: string): string {
  const taken = new Set(layers.map(({ options }) => options["name"]));
  let name = base;
  for (let number = 1; taken.has(name); number += 1) name = `${base}_${number}`;
  return name;
}

/** Layers that have no name in the file get one. */
function named(layers: readonly Described[]): Described[] {
  const result: Described[] = [];
  for (const layer of layers) {
    const { name } = layer.options;
    const own = typeof name === "string" ? name : freeName([...layers, ...result], layer.kind);
    result.push({ kind: layer.kind, options: { ...layer.options, name: own } });
  }
  return result;
}

function readGraph(config: JsonObject, context: ReadContext): ReadNetwork {
  const entries = checkedLayers(field(config, "layers")).map((one) => objectOf(one, "a layer"));
  const { layers, graph } = readCalls(entries, config, (entry) => readLayer(entry, context));
  const name = field(config, "name");
  return { name: typeof name === "string" ? name : "functional", layers: withBatchSize(layers, entries), graph };
}

/** Layers that keep states from batch to batch are told how large batches are, as the first input says it. */
function withBatchSize(layers: readonly Described[], entries: readonly ConfigValue[]): readonly Described[] {
  const shapes = entries.map((entry) => {
    const config = isObject(entry) ? field(entry, "config") : undefined;
    return isObject(config) ? (field(config, "batch_shape") ?? field(config, "batch_input_shape")) : undefined;
  });
  const [batchSize] = shapes.flatMap((shape) => (isList(shape) && typeof shape[0] === "number" ? [shape[0]] : []));
  return batchSize === undefined ? layers : layers.map((layer) => sized(layer, batchSize));
}

function sized({ kind, options }: Described, batchSize: number): Described {
  const inner = ["layer", "backwardLayer"].flatMap((name) => {
    const value = options[name];
    return isObject(value) ? [[name, { ...sized(describedOf(value), batchSize) }] as const] : [];
  });
  const own = options["stateful"] === true ? { batchSize } : {};
  return { kind, options: { ...options, ...Object.fromEntries(inner), ...own } };
}

/** How large batches are for layers that keep states. */
function batchSizeOf(layers: readonly Described[]): number | null {
  const sizes = layers.flatMap(({ options }) => {
    const inner = options["layer"];
    return [options, isObject(inner) && isObject(inner["options"]) ? inner["options"] : {}].map(
      ({ batchSize }) => batchSize,
    );
  });
  return sizes.find((size) => typeof size === "number") ?? null;
}

/** A network as a layer of another. */
function readNetwork(className: string, config: ConfigValue, context: ReadContext): Described {
  const { name, layers, graph } = readPlan(className, config, { ...context, inputShape: undefined });
  const calls = graph?.calls ?? layers.map((_, place) => ({ layer: place, inputs: place === 0 ? [] : [place - 1] }));
  const trainable = isObject(config) && field(config, "trainable") === false ? { trainable: false } : {};
  return {
    kind: "model",
    options: {
      name,
      ...trainable,
      layers: layers.map(({ kind, options }) => ({ kind, options })),
      calls: calls.map(({ layer, inputs }) => ({ layer, inputs })),
      outputs: graph?.outputs ?? [layers.length - 1],
      isSequential: graph === undefined,
    },
  };
}

/** Keras's object of a network inside another. */
function writeNetwork({ options }: Described): JsonObject {
  const layers = describedList(options["layers"]);
  const name = textOf(options["name"], "the name of a model");
  const isSequential = options["isSequential"] === true;
  const written = isSequential ? writePlan({ name, layers }) : writePlan({ name, layers, graph: graphOf(options) });
  return options["trainable"] === false
    ? { ...written, config: { ...objectOf(written["config"], "config"), trainable: false } }
    : written;
}

function graphOf({ calls, outputs }: JsonObject): DescribedGraph {
  const numbers = (value: ConfigValue): number[] => listOf(value, "numbers").map(Number);
  return {
    calls: listOf(calls, "calls").map((call) => {
      const fields = objectOf(call, "a call");
      return { layer: Number(field(fields, "layer")), inputs: numbers(field(fields, "inputs")) };
    }),
    outputs: numbers(outputs),
  };
}

/** Keras's object of a network. @throws format for what only sinter has */
export function writePlan({ name, layers, graph }: ReadNetwork): JsonObject {
  const batchSize = batchSizeOf(layers);
  const write = (layer: Described): JsonObject => writeLayer(layer, batchSize);
  if (graph === undefined) {
    const config = {
      name,
      trainable: true,
      dtype: "float32",
      layers: [...inputOf(layers, batchSize), ...layers.map(write)],
    };
    return kerasObject("keras", "Sequential", config);
  }
  return kerasObject("keras.src.models.functional", "Functional", {
    name,
    trainable: true,
    ...writeCalls(layers, graph, (layer) => ({ ...write(layer), name: layerName(layer) })),
  });
}

/** An input layer from the shape that the first of a row takes. */
function inputOf([first]: readonly Described[], batchSize: number | null): JsonObject[] {
  const shape = first?.options["inputShape"];
  return isList(shape)
    ? [writeInput({ name: `${layerName(first ?? { kind: "", options: {} })}_input`, shape, dtype: "f32" }, batchSize)]
    : [];
}
