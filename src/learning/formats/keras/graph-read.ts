// The calls of a functional network in Keras's files, in the order in which they can be made: nodes name the calls whose
// values they take.

import type { ConfigValue } from "#engine/base/options.ts";
import type { Described, DescribedGraph } from "#learning/formats/model-json.ts";
import {
  badKeras,
  field,
  isList,
  isObject,
  listOf,
  objectOf,
  shown,
  textOf,
  type JsonObject,
  plainText,
} from "./json.ts";
import { MaskOperations } from "./mask-operations.ts";
import { isOperation, readArguments, readOperation, valuesOfOperation } from "./operations.ts";
import { statesOf } from "./weight-slots.ts";

/** A value of a call: which layer, its how-manieth call, which of its values. */
export interface Reference {
  readonly layer: string;
  readonly node: number;
  readonly place: number;
}

/** One call of a layer as the file has it. */
export interface Node {
  readonly inputs: readonly Reference[];
  /** What the call was told beside its inputs. */
  readonly options: JsonObject;
}

/** A layer of the file and its calls. */
interface Entry {
  readonly name: string;
  readonly layer: Described;
  readonly nodes: readonly Node[];
  /** Whether the calls have the form of Keras 1 and 2. */
  readonly isOld: boolean;
}

const maxNodes = 262_144;

/**
 * The layers and the calls of a network's configuration.
 * @param entries objects of its layers
 * @throws format where calls take values that nothing gives
 */
export function readCalls(
  objects: readonly JsonObject[],
  config: JsonObject,
  read: (object: JsonObject) => Described,
): { readonly layers: readonly Described[]; readonly graph: DescribedGraph } {
  const inputs = ends(field(config, "input_layers"), "input_layers");
  const outputs = ends(field(config, "output_layers"), "output_layers");
  const masks = new MaskOperations(
    objects,
    outputs.map(({ layer }) => layer),
  );
  const entries = objects.flatMap((object) => (masks.has(object) ? [] : [readEntry(object, masks, read)]));
  const graph = new Order(entries, outputs).graph(inputs);
  return { layers: entries.map(({ layer }) => layer), graph };
}

function readEntry(object: JsonObject, masks: MaskOperations, read: (object: JsonObject) => Described): Entry {
  const isPlain = !isOperation(object);
  const layer = isPlain ? read(object) : readOperation(object);
  const config = field(object, "config");
  const ownName = isObject(config) ? field(config, "name") : undefined;
  const name = textOf(field(object, "name") ?? ownName, "the name of a layer");
  const inbound = listOf(field(object, "inbound_nodes") ?? [], `the calls of "${name}"`);
  const nodes = inbound.map((node) => (isPlain ? readNode(node, masks) : readOperationNode(node)));
  const changes = nodes.map(({ options }) => options);
  if (new Set(changes.map((one) => JSON.stringify(one))).size > 1) {
    throw badKeras(
      `the calls of "${name}" differ in ${shown(Object.assign({}, ...changes))}`,
      "Make two layers of it.",
    );
  }
  return {
    name,
    layer: { kind: layer.kind, options: { ...layer.options, ...changes[0], name } },
    nodes,
    isOld: inbound.some(isList),
  };
}

/** The call of an operation: any argument may be a value of the network. */
function readOperationNode(value: ConfigValue): Node {
  const inputs: Reference[] = [];
  const told = readArguments(objectOf(value, "a call"), (history) => inputs.push(referenceOf(history)) - 1);
  return { inputs, options: { ...told } };
}

/** Keras 3 writes arguments, older versions lists of references. */
function readNode(value: ConfigValue, masks: MaskOperations): Node {
  if (isList(value)) return readOldNode(value);
  const node = objectOf(value, "a call");
  const args = listOf(field(node, "args"), "args");
  const named = objectOf(field(node, "kwargs") ?? {}, "kwargs");
  const positional = args.flatMap((argument) => tensorsOf(argument));
  return withArguments(positional, named, masks);
}

function readOldNode(node: readonly ConfigValue[]): Node {
  // One reference alone, or a list of them.
  const references = typeof node[0] === "string" ? [node] : node.map((one) => listOf(one, "a call"));
  const named = references.flatMap(([, , , options]) => (isObject(options) ? [options] : []));
  const inputs = references.map((reference) => referenceOf(reference));
  return withArguments(inputs, named[0] ?? {}, undefined);
}

/** The order of inputs that a call names. */
const inputArguments: readonly string[] = ["inputs", "query", "value", "key", "initial_state", "attention_mask"];

/** Arguments that become options of the layer. */
const optionArguments: Readonly<Record<string, string>> = {
  use_causal_mask: "useCausalMask",
  return_attention_scores: "returnAttentionScores",
};

/** Arguments that mean nothing when they are not tensors. */
const idleArguments: ReadonlySet<string> = new Set([
  "training",
  "mask",
  "constants",
  "query_mask",
  "value_mask",
  "key_mask",
]);

function withArguments(positional: readonly Reference[], named: JsonObject, masks: MaskOperations | undefined): Node {
  const inputs = [...positional];
  const options: Record<string, ConfigValue> = {};
  for (const name of inputArguments) {
    const value = field(named, name);
    if (value !== undefined && value !== null) inputs.push(...tensorsOf(value));
  }
  for (const [name, value] of Object.entries(named)) {
    if (inputArguments.includes(name) || value === null || value === undefined) continue;
    const option = Object.hasOwn(optionArguments, name) ? optionArguments[name] : undefined;
    if (option !== undefined) {
      if (value !== false) options[option] = value;
      continue;
    }
    if (!idleArguments.has(name)) throw badKeras(`a call has the argument ${name}: ${shown(value)}`, "Leave it out.");
    if (value === true) throw badKeras(`a call has the argument ${name}: true`, "Leave it out, and fit or predict.");
    for (const tensor of tensorsOf(value)) masks?.check(tensor);
  }
  return { inputs, options };
}

/** References among an argument, lists and records gone through. */
export function tensorsOf(value: ConfigValue, depth = 0): Reference[] {
  if (depth > 8) throw badKeras("arguments of a call are nested too deep");
  if (isList(value)) {
    if (isReference(value)) return [referenceOf(value)];
    return value.flatMap((one) => tensorsOf(one, depth + 1));
  }
  if (!isObject(value)) {
    if (typeof value === "number" || typeof value === "string") {
      throw badKeras(`a call takes the constant ${shown(value)}`, "Put it into a layer: layers.rescaling, for one.");
    }
    return [];
  }
  if (field(value, "class_name") === "__keras_tensor__") {
    const history = field(objectOf(field(value, "config"), "a tensor"), "keras_history");
    return [referenceOf(listOf(history, "keras_history"))];
  }
  return Object.values(value).flatMap((one) => tensorsOf(one, depth + 1));
}

/** `["dense", 0, 0]` */
function isReference(value: readonly ConfigValue[]): boolean {
  const [layer, node, place] = value;
  return value.length >= 3 && typeof layer === "string" && typeof node === "number" && typeof place === "number";
}

function referenceOf(value: readonly ConfigValue[]): Reference {
  const [layer, node, place] = value;
  if (typeof layer !== "string" || !isCount(node) || !isCount(place)) {
    throw badKeras(`a call takes ${shown([...value])}, expected ["layer", 0, 0]`);
  }
  return { layer, node, place };
}

function isCount(value: ConfigValue): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** Inputs or outputs: one reference, a list or a record of them. */
function ends(value: ConfigValue, name: string): Reference[] {
  const found = tensorsOf(value);
  if (found.length > 0) return found;
  throw badKeras(`${name} is ${shown(value)}, expected references to layers`);
}

/** How many values a call of the layer gives. */
export function valuesOf({ kind, options }: Described): number {
  if (kind === "model") return isList(options["outputs"]) ? options["outputs"].length : 1;
  if (kind === "operation") return valuesOfOperation({ kind, options });
  if (options["returnAttentionScores"] === true) return 2;
  if (kind === "bidirectional") {
    const layer = options["layer"];
    const inner = isObject(layer) && isObject(layer["options"]) ? layer["options"] : {};
    const kindOf = isObject(layer) ? plainText(layer["kind"]) : "";
    const states = inner["returnState"] === true ? 2 * statesOf({ kind: kindOf, options: inner }) : 0;
    return (options["mergeMode"] === null ? 2 : 1) + states;
  }
  if (kind.endsWith("Cell") || kind === "stackedRnnCells") return 1 + statesOf({ kind, options });
  return options["returnState"] === true ? 1 + statesOf({ kind, options }) : 1;
}

/** The calls in an order in which each finds its values. */
class Order {
  readonly #entries: readonly Entry[];
  readonly #places: ReadonlyMap<string, number>;
  /** The number of a call's first value, by layer and node. */
  readonly #values = new Map<string, number>();
  readonly #calls: { layer: number; inputs: number[]; values?: number }[] = [];
  readonly #outputs: readonly Reference[];
  #numValues = 0;

  constructor(entries: readonly Entry[], outputs: readonly Reference[]) {
    this.#entries = entries;
    this.#outputs = outputs;
    this.#places = new Map(entries.map(({ name }, place) => [name, place]));
    if (this.#places.size < entries.length) throw badKeras("two layers have one name");
  }

  graph(inputs: readonly Reference[]): DescribedGraph {
    for (const { layer } of inputs) this.#begin(layer);
    for (const { name, layer } of this.#entries) {
      if (layer.kind === "input" && !this.#values.has(`${name} 0`))
        throw badKeras(`input "${name}" is not among the inputs`);
    }
    this.#makeAll();
    const outputs = this.#outputs;
    const ends = outputs.map((reference) => this.#valueOf(this.#normal(reference, true)));
    const missing = ends.indexOf(undefined);
    if (missing !== -1) throw badKeras(`nothing gives the output ${shown(outputs[missing]?.layer ?? "")}`);
    return { calls: this.#calls, outputs: ends.flatMap((value) => value ?? []) };
  }

  #begin(name: string): void {
    const place = this.#places.get(name);
    if (place === undefined || this.#values.has(`${name} 0`)) throw badKeras(`input ${shown(name)} is no input layer`);
    this.#add(name, 0, place, []);
  }

  #add(name: string, node: number, place: number, inputs: number[]): void {
    const layer = this.#entries[place]?.layer;
    const values = layer === undefined ? 1 : valuesOf(layer);
    this.#values.set(`${name} ${node}`, this.#numValues);
    this.#calls.push({ layer: place, inputs, ...(values === 1 ? {} : { values }) });
    this.#numValues += values;
  }

  /** Passes over what is left until nothing is: as many as the graph is deep in the worst order. */
  #makeAll(): void {
    let waiting = this.#entries.flatMap(({ name, nodes }, place) =>
      nodes.map((node, number) => ({ name, place, node, number })),
    );
    if (waiting.length > maxNodes) throw badKeras(`${waiting.length} calls`);
    let work = 0;
    while (waiting.length > 0) {
      const left = waiting.filter(({ name, place, node, number }) => {
        const inputs = node.inputs.map((reference) => this.#valueOf(this.#normal(reference, false)));
        if (inputs.length === 0) throw badKeras(`a call of "${name}" takes nothing`);
        if (inputs.includes(undefined)) return true;
        this.#add(
          name,
          number,
          place,
          inputs.flatMap((value) => value ?? []),
        );
        return false;
      });
      work += waiting.length;
      const [first] = left;
      if (first !== undefined && (left.length === waiting.length || work > 64 * maxNodes)) {
        throw badKeras(`a call of "${first.name}" takes a value that nothing gives, or its own`);
      }
      waiting = left;
    }
  }

  #valueOf({ layer, node, place }: Reference): number | undefined {
    const first = this.#values.get(`${layer} ${node}`);
    const described = this.#entries[this.#places.get(layer) ?? -1]?.layer;
    if (described === undefined) throw badKeras(`a call takes a value of ${shown(layer)}, which is no layer`);
    if (place >= valuesOf(described)) throw badKeras(`a call takes value ${place} of "${layer}"`);
    return first === undefined ? undefined : first + place;
  }

  /** Networks inside a network have a call of their own before the others: older files count it, newer ones among the outputs. */
  #normal(reference: Reference, isOutput: boolean): Reference {
    const entry = this.#entries[this.#places.get(reference.layer) ?? -1];
    if (entry?.layer.kind !== "model" || !this.#isCounted(entry, isOutput)) return reference;
    return { ...reference, node: Math.max(0, reference.node - 1) };
  }

  /** Of n calls the n-th, counted from 0, is there only where the network's own is counted. */
  #isCounted({ name, nodes, layer, isOld }: Entry, isOutput: boolean): boolean {
    const isFunctional = layer.options["isSequential"] !== true;
    if (!isOld && isFunctional && isOutput) return true;
    const inner = this.#entries.flatMap((other) => other.nodes.flatMap(({ inputs }) => inputs));
    const references = isOld || !isFunctional ? [...inner, ...this.#outputs] : inner;
    return references.some((one) => one.layer === name && one.node === nodes.length);
  }
}
