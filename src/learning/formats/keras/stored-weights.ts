// Weights in HDF5 files of Keras's, in the layout of Keras 3 and in that of 1 and 2, and sinter's names for them.

import { SinterError } from "#engine/base/error.ts";
import type { Hdf5Dataset, Hdf5Group, Hdf5Values } from "#learning/formats/hdf5/read.ts";
import type { Described } from "#learning/formats/model-json.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { fromCudnn } from "./cudnn.ts";
import { badKeras } from "./json.ts";
import { layerGroups, layerName, networkSlots, weightSlots, type WeightSlot } from "./weight-slots.ts";

/** What weights a network has: of its layers, in a row or not. */
export interface WeightPlan {
  readonly layers: readonly Described[];
  readonly isSequential: boolean;
  /** Kinds of layers that are the user's own: their weights are numbered, `name/#0`. */
  readonly custom?: ReadonlySet<string>;
}

/** The object at a path, or nothing. */
export function find(group: Hdf5Group, path: string): Hdf5Group | Hdf5Dataset | undefined {
  let found: Hdf5Group | Hdf5Dataset | undefined = group;
  for (const name of path.split("/")) {
    if (name === "") continue;
    if (found?.kind !== "group") return undefined;
    found = found.members.get(name);
  }
  return found;
}

/** The numbers of a data set as a tensor; floats of 16 and 64 bits become f32. @throws format for texts */
export function tensorOf(dataset: Hdf5Dataset): StoredTensor {
  const values = dataset.read();
  if (values.kind === "texts") throw badKeras("a weight is a text");
  const { shape, type, data } = values;
  if (type.kind === "signed" || type.kind === "unsigned") {
    return data instanceof Uint8Array
      ? { dtype: "u8", shape, data }
      : { dtype: "i32", shape, data: Int32Array.from(data) };
  }
  if (data instanceof Uint16Array) return { dtype: "f32", shape, data: widened(data, type.kind === "bfloat") };
  return { dtype: "f32", shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** Floats of 16 bits, exactly. */
function widened(bits: Uint16Array, isBfloat: boolean): Float32Array<ArrayBuffer> {
  if (isBfloat) return new Float32Array(Uint32Array.from(bits, (value) => value << 16).buffer);
  return Float32Array.from(bits, (value) => {
    const sign = (value & 0x8000) === 0 ? 1 : -1;
    const exponent = (value >> 10) & 31;
    const fraction = value & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** The texts of an attribute; long lists lie in several, `name0`, `name1` … */
export function attributeTexts(group: Hdf5Group, name: string): string[] {
  const whole = textsOf(group.attributes.get(name)?.());
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let part = 0; ; part += 1) {
    const texts = textsOf(group.attributes.get(`${name}${part}`)?.());
    if (texts === undefined) return parts;
    parts.push(...texts);
  }
}

/** An empty list of texts is stored as one of numbers. */
function textsOf(values: Hdf5Values | undefined): string[] | undefined {
  if (values === undefined) return undefined;
  return values.kind === "texts" ? [...values.texts] : [];
}

/** Whether a file of weights has the layout of Keras 1 and 2. */
export function isOldLayout(root: Hdf5Group): boolean {
  return root.attributes.has("layer_names") || root.attributes.has("layer_names0");
}

/**
 * Every weight of a network by sinter's name, as far as the file has it.
 * @param root of the weights, in either layout
 * @param byName whether older files' layers are found by their names; else they are where all names are there, or else by
 * their order
 * @throws format where a layer's weights are missing or more than it has
 */
export function readWeights(root: Hdf5Group, plan: WeightPlan, byName: boolean): Map<string, StoredTensor> {
  return isOldLayout(root) ? readOldWeights(root, plan, byName) : readNewWeights(root, plan);
}

function readNewWeights(root: Hdf5Group, { layers, isSequential, custom }: WeightPlan): Map<string, StoredTensor> {
  const group = root.members.has("layers") ? "layers" : "_layer_checkpoint_dependencies";
  const tensors = new Map<string, StoredTensor>();
  for (const { layer, slot } of networkSlots(layers, isSequential, group)) {
    const found = find(root, slot.at);
    if (found?.kind === "dataset") tensors.set(`${layer}/${slot.name}`, tensorOf(found));
    else if (!isOptional(slot)) throw missing(`${layer}/${slot.name}`, slot.at);
  }
  for (const { layer, at } of layerGroups(layers, isSequential, group)) {
    if (custom?.has(layer.kind) !== true) continue;
    const own = find(root, at);
    const values = own?.kind === "group" ? datasetsIn(own) : [];
    values.forEach((value, place) => tensors.set(`${layerName(layer)}/#${place}`, tensorOf(value)));
  }
  return tensors;
}

/** All data sets below a group, numbers in their order. */
function datasetsIn(group: Hdf5Group): Hdf5Dataset[] {
  const names = [...group.members.keys()].toSorted(
    (left, right) => Number(left) - Number(right) || (left < right ? -1 : 1),
  );
  return names.flatMap((name) => {
    const member = group.members.get(name);
    if (member === undefined) return [];
    return member.kind === "dataset" ? [member] : datasetsIn(member);
  });
}

/** States, and statistics that stand in the configuration already. */
function isOptional({ isCarried, name }: WeightSlot): boolean {
  return isCarried === true || /(^|\/)(mean|variance)$/u.test(name);
}

function missing(weight: string, at: string): SinterError {
  return new SinterError(
    "format",
    `Keras: the file has no weight "${weight}", which belongs at ${at}. Save it again.`,
    {
      weight,
    },
  );
}

/** What an older file has of one layer. */
interface OldLayer {
  readonly name: string;
  readonly group: Hdf5Group;
  /** Of its weights below the group, in order. */
  readonly paths: readonly string[];
}

function readOldWeights(root: Hdf5Group, { layers, custom }: WeightPlan, byName: boolean): Map<string, StoredTensor> {
  const stored = oldLayers(root);
  const tensors = new Map<string, StoredTensor>();
  const weighted = layers
    .map((layer) => ({ layer, slots: weightSlots(layer).filter(({ isCarried }) => isCarried !== true) }))
    .filter(({ layer, slots }) => slots.length > 0 || custom?.has(layer.kind) === true);
  const isNamed = byName || weighted.every(({ layer }) => stored.some(({ name }) => name === layerName(layer)));
  if (!isNamed && weighted.length !== stored.length) {
    const counts = `weights of ${stored.length} layers, the model has ${weighted.length}`;
    throw badKeras(`the file has ${counts}`, "Use the model's own file.");
  }
  weighted.forEach(({ layer, slots }, place) => {
    const name = layerName(layer);
    const own = isNamed ? stored.find((one) => one.name === name) : stored[place];
    if (own === undefined) {
      if (slots.every(isOptional)) return;
      throw missing(name, name);
    }
    const found = custom?.has(layer.kind) === true ? numbered(own) : layerWeights(own, slots);
    for (const [weight, tensor] of found) tensors.set(`${name}/${weight}`, tensor);
  });
  return tensors;
}

/** The layers of an older file that have weights. */
function oldLayers(root: Hdf5Group): OldLayer[] {
  return attributeTexts(root, "layer_names").flatMap((name) => {
    const group = find(root, name);
    const paths = group?.kind === "group" ? attributeTexts(group, "weight_names") : [];
    return group?.kind === "group" && paths.length > 0 ? [{ name, group, paths }] : [];
  });
}

function weightAt({ name, group }: OldLayer, path: string): StoredTensor {
  const found = find(group, path);
  if (found?.kind === "dataset") return tensorOf(found);
  throw missing(`${name}/${path}`, path);
}

function numbered(layer: OldLayer): [string, StoredTensor][] {
  return layer.paths.map((path, place) => [`#${place}`, weightAt(layer, path)]);
}

/** Older files have what is trained before what is not. */
function layerWeights(layer: OldLayer, slots: readonly WeightSlot[]): Map<string, StoredTensor> {
  const { name, paths } = layer;
  const order = [...slots.filter(({ trainable }) => trainable), ...slots.filter(({ trainable }) => !trainable)];
  // Statistics of a normalization come with a count, which nothing needs.
  const isCounted = paths.length === order.length + 1 && order.every(isOptional);
  if (order.length !== paths.length && !isCounted) {
    throw badKeras(`layer "${name}" has ${paths.length} weights in the file, expected ${order.length}`);
  }
  return fromCudnn(new Map(order.map((slot, place) => [slot.name, weightAt(layer, paths[place] ?? "")])));
}
