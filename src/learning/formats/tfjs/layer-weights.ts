// Which weight of a layers-model belongs to which layer. Names are the layer's and the weight's; between them stand names
// of cells and wrapped layers, which differ between writers.

import { SinterError } from "#engine/base/error.ts";
import { isObject } from "../keras/json.ts";
import { describedList, describedOf, layerName, weightSlots, type WeightSlot } from "../keras/weight-slots.ts";
import { snake } from "../keras/names.ts";
import type { Described } from "../model-json.ts";
import type { StoredTensor } from "../safetensors.ts";

/** A weight as sinter and TensorFlow.js have it. */
export interface NamedSlot {
  /** Sinter's: the layer's path and the weight's name. */
  readonly path: string;
  /** The layer's name in the file; a network inside another does not count. */
  readonly layer: string;
  readonly kind: string;
  /** The name of the layer that this one wraps; "" where it wraps none. */
  readonly inner: string;
  readonly slot: WeightSlot;
  /** Its place among the weights of its layer. */
  readonly index: number;
}

/** All weights of layers, in sinter's order; those of networks inside others by the layers that hold them. */
export function namedSlots(layers: readonly Described[], prefix = ""): NamedSlot[] {
  return layers.flatMap((layer) => {
    const name = layerName(layer);
    if (layer.kind === "model") return namedSlots(describedList(layer.options["layers"]), `${prefix}${name}/`);
    return weightSlots(layer).map((slot, index) => ({
      path: `${prefix}${name}/${slot.name}`,
      layer: name,
      kind: layer.kind,
      inner: innerName(layer),
      slot,
      index,
    }));
  });
}

function innerName({ options }: Described): string {
  const { layer } = options;
  if (!isObject(layer)) return "";
  const { name } = describedOf(layer).options;
  return typeof name === "string" ? name : "";
}

/**
 * The tensors of a file under sinter's paths.
 * @throws format where a weight is missing, or two could be one
 */
export function placeWeights(
  layers: readonly Described[],
  tensors: ReadonlyMap<string, StoredTensor>,
): Map<string, StoredTensor> {
  const slots = namedSlots(layers).filter(({ slot }) => slot.isCarried !== true);
  const byLayer = groupByLayer([...tensors.keys()], new Set(slots.map(({ layer }) => layer)));
  const placed = new Map<string, StoredTensor>();
  for (const slot of slots) {
    const names = byLayer.get(slot.layer) ?? [];
    const fitting = names.filter(({ parts }) => isOf(slot, parts));
    const [found, second] = fitting.length > 1 ? fitting.filter(({ parts }) => parts.length === 1) : fitting;
    if (found === undefined || second !== undefined) throw unplaced(slot, fitting.length);
    const tensor = tensors.get(found.name);
    if (tensor !== undefined) placed.set(slot.path, tensor);
  }
  return placed;
}

interface WeightName {
  readonly name: string;
  /** What stands behind the layer's name. */
  readonly parts: readonly string[];
}

/** Names of layers may have slashes: the longest that fits is meant. */
function groupByLayer(names: readonly string[], layers: ReadonlySet<string>): Map<string, WeightName[]> {
  const groups = new Map<string, WeightName[]>();
  for (const name of names) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const layer = name.slice(0, end);
      if (!layers.has(layer)) continue;
      const group = groups.get(layer) ?? [];
      group.push({ name, parts: name.slice(end + 1).split("/") });
      groups.set(layer, group);
      break;
    }
  }
  return groups;
}

/** Weights that files call otherwise than sinter, by kind of layer. */
const otherNames: Readonly<Record<string, string>> = {
  "depthwiseConv1d kernel": "depthwise_kernel",
  "depthwiseConv2d kernel": "depthwise_kernel",
};

/** Files of Keras 3 number a layer's weights; others name them, a wrapped layer or a cell before them. */
function isOf({ kind, slot, index }: NamedSlot, parts: readonly string[]): boolean {
  const wanted = slot.name.split("/");
  const own = wanted.at(-1) ?? "";
  const last = parts.at(-1) ?? "";
  if (/^\d+$/.test(last)) return parts.filter((part) => part !== "vars").length === 1 && Number(last) === index;
  if (last !== snake(own) && last !== otherNames[`${kind} ${own}`]) return false;
  return wanted.slice(0, -1).every((part) => parts.slice(0, -1).some((one) => isWrapper(part, one)));
}

/** `forward` is `forward_lstm`, `cell0` is `RNNCell_0`. */
function isWrapper(wanted: string, part: string): boolean {
  const cell = /^cell(\d+)$/.exec(wanted);
  if (cell !== null) return part === `RNNCell_${cell[1]}` || part.endsWith(`_cell_${cell[1]}`);
  return part === snake(wanted) || part.startsWith(`${snake(wanted)}_`);
}

function unplaced({ layer, slot }: NamedSlot, count: number): SinterError {
  const what = count === 0 ? "has no weight" : `has ${count} weights that could be`;
  return new SinterError(
    "format",
    `tfjs: layer "${layer.slice(0, 80)}" ${what} "${slot.name}". The files are not of one model, or of a converter that is not known.`,
    { layer, weight: slot.name },
  );
}
