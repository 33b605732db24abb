// What optimizers keep between steps: Keras's numbered variables and sinter's slots by weight.

import { SinterError } from "#engine/base/error.ts";
import { namePattern } from "#engine/base/name-pattern.ts";
import type { Hdf5Group } from "#learning/formats/hdf5/read.ts";
import type { Described } from "#learning/formats/model-json.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { isList, plainText, type JsonObject } from "./json.ts";
import { attributeTexts, find, tensorOf } from "./stored-weights.ts";

/** A weight as its optimizer sees it. */
export interface TrainedWeight {
  readonly path: string;
  readonly shape: readonly number[];
}

/** A slot's name, or a variable that Keras only has for the order: a 0, or zeros in the weight's shape. */
type Slot = string | { readonly zeros: "scalar" | "weight" };

/** Groups of slots one after another; in a group a weight's slots stand together. */
type SlotGroup = (weight: TrainedWeight) => readonly Slot[];

const each =
  (...slots: readonly string[]): SlotGroup =>
  () =>
    slots;

type SlotGroups = (options: JsonObject) => readonly SlotGroup[];

const adams: SlotGroups = ({ amsgrad }) => [
  each("momentum", "velocity"),
  ...(amsgrad === true ? [each("velocityHat")] : []),
];

/** Muon's matrices have no velocity. @source Keras 3, optimizers/muon.py */
const muons: SlotGroups = ({ excludeLayers, excludeEmbeddings }) => {
  const patterns = (isList(excludeLayers) ? excludeLayers : []).map((text) =>
    namePattern("muon: excludeLayers", plainText(text)),
  );
  const isAdams = ({ path, shape }: TrainedWeight): boolean =>
    shape.length !== 2 ||
    (excludeEmbeddings !== false && path.toLowerCase().includes("embedding")) ||
    patterns.some((isIn) => isIn(path));
  return [(weight) => (isAdams(weight) ? ["momentum", "velocity"] : ["momentum"])];
};

/** Adafactor keeps of a matrix the means of rows and columns alone. @source Keras 3, optimizers/adafactor.py */
const factored: SlotGroup = ({ shape }) =>
  shape.length < 2 ? [{ zeros: "scalar" }, { zeros: "scalar" }, "velocity"] : ["row", "column", { zeros: "weight" }];

const slotGroups: Readonly<Record<string, SlotGroups>> = {
  sgd: ({ momentum }) => (momentum === 0 || momentum === undefined ? [] : [each("momentum")]),
  adam: adams,
  adamw: adams,
  nadam: () => [each("momentum", "velocity")],
  adamax: () => [each("momentum", "norm")],
  lamb: () => [each("momentum", "velocity")],
  lion: () => [each("momentum")],
  adagrad: () => [each("accumulator")],
  adadelta: () => [each("accumulatedGradient", "accumulatedDelta")],
  ftrl: () => [each("accumulator", "linear")],
  rmsprop: ({ momentum, centered }) => [
    each("velocity"),
    ...(typeof momentum === "number" && momentum > 0 ? [each("momentum")] : []),
    ...(centered === true ? [each("averageGradient")] : []),
  ],
  adafactor: () => [factored],
  muon: muons,
  scheduleFreeAdamw: () => [each("momentum", "velocity")],
};

/** Slots of the weights in the order of Keras's variables: averages and sums of gradients first. */
function slotsOf(
  { kind, options }: Described,
  weights: readonly TrainedWeight[],
): { slot: Slot; weight: TrainedWeight }[] {
  const own = Object.hasOwn(slotGroups, kind) ? slotGroups[kind]?.(options) : undefined;
  if (own === undefined) return [];
  const groups = [
    ...(options["useEma"] === true ? [each("average")] : []),
    ...(typeof options["gradientAccumulationSteps"] === "number" ? [each("gradientAccumulator")] : []),
    ...own,
  ];
  return groups.flatMap((group) => weights.flatMap((weight) => group(weight).map((slot) => ({ slot, weight }))));
}

/** What a file says of an optimizer's steps. */
export interface ReadState {
  readonly iterations: number;
  /** By sinter's name, `momentum/dense/kernel`; nothing where the file has none that fits. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * The state in a file of Keras 3's: the steps, the rate, then the slots.
 * @param weights those that are trained, in Keras's order
 */
export function readState(root: Hdf5Group, optimizer: Described, weights: readonly TrainedWeight[]): ReadState {
  // Where a loss was scaled, the optimizer is one inside another.
  const vars = find(root, "optimizer/inner_optimizer/vars") ?? find(root, "optimizer/vars");
  if (vars?.kind !== "group") return { iterations: 0, tensors: new Map() };
  return readNumbered(optimizer, weights, (place) => {
    const found = vars.members.get(`${place}`);
    return found?.kind === "dataset" ? tensorOf(found) : undefined;
  });
}

/** The state in variables that stand in Keras's order; none where they do not fit the weights. */
function readNumbered(
  optimizer: Described,
  weights: readonly TrainedWeight[],
  variable: (place: number) => StoredTensor | undefined,
): ReadState {
  const numFirst = typeof optimizer.options["learningRate"] === "number" ? 2 : 1;
  const iterations = countOf(variable(0));
  const slots = slotsOf(optimizer, weights);
  const tensors = new Map<string, StoredTensor>();
  for (const [place, { slot, weight }] of slots.entries()) {
    const value = variable(numFirst + place);
    if (value === undefined) return { iterations, tensors: new Map() };
    if (typeof slot === "string") tensors.set(`${slot}/${weight.path}`, value);
  }
  const kept = variable(numFirst + slots.length);
  if (optimizer.kind === "nadam" && kept !== undefined && tensors.size > 0) tensors.set("scalar/product", kept);
  return { iterations, tensors: withKept(optimizer, iterations, tensors) };
}

function countOf(value: StoredTensor | undefined): number {
  const count = value?.data[0] ?? 0;
  return Number.isInteger(count) && count >= 0 ? count : 0;
}

/** Nadam's product of all steps, where a file leaves it out. @source Keras 3, optimizers/nadam.py */
function withKept(
  optimizer: Described,
  iterations: number,
  tensors: Map<string, StoredTensor>,
): Map<string, StoredTensor> {
  if (optimizer.kind !== "nadam" || tensors.size === 0 || tensors.has("scalar/product")) return tensors;
  const beta1 = optimizer.options["beta1"];
  const rate = typeof beta1 === "number" ? beta1 : 0.9;
  let product = 1;
  // Beyond this many steps it is 0.
  for (let step = 1; step <= Math.min(iterations, 100_000); step += 1) product *= rate * (1 - 0.5 * 0.96 ** step);
  return tensors.set("scalar/product", { dtype: "f32", shape: [], data: Float32Array.of(product) });
}

/** Ends of the names of older files' variables, by slot. */
const oldEndings: readonly (readonly [ending: string, slot: string])[] = [
  ["m", "momentum"],
  ["v", "velocity"],
  ["vhat", "velocityHat"],
  ["rms", "velocity"],
  ["mg", "averageGradient"],
  ["momentum", "momentum"],
  ["velocity", "velocity"],
  ["accumulator", "accumulator"],
  ["linear", "linear"],
  ["accum_grad", "accumulatedGradient"],
  ["accum_var", "accumulatedDelta"],
  ["accumulated_grad", "accumulatedGradient"],
  ["accumulated_delta_var", "accumulatedDelta"],
  ["velocity_hat", "velocityHat"],
  ["average_gradient", "averageGradient"],
  ["norm", "norm"],
];

/** The state in a file of Keras 1's or 2's layout: variables by name, of each slot in the order of the weights. */
export function readOldState(root: Hdf5Group, optimizer: Described, weights: readonly TrainedWeight[]): ReadState {
  const group = find(root, "optimizer_weights");
  if (group?.kind !== "group") return { iterations: 0, tensors: new Map() };
  const names = attributeTexts(group, "weight_names");
  // Since Keras 2.11 the order is the same as in newer files.
  if (/(^|\/)iteration(:0)?$/u.test(names[0] ?? "")) {
    return readNumbered(optimizer, weights, (place) => {
      const found = names[place] === undefined ? undefined : find(group, names[place]);
      return found?.kind === "dataset" ? tensorOf(found) : undefined;
    });
  }
  const bySlot = new Map<string, StoredTensor[]>();
  let iterations = 0;
  for (const path of names) {
    const found = find(group, path);
    if (found?.kind !== "dataset") continue;
    const last = (path.split("/").at(-1) ?? "").replace(/:\d+$/u, "");
    if (/^iter(ations?)?$/u.test(last)) iterations = countOf(tensorOf(found));
    const [, slot] = oldEndings.find(([ending]) => last === ending || last.endsWith(`_${ending}`)) ?? [];
    if (slot !== undefined) bySlot.set(slot, [...(bySlot.get(slot) ?? []), tensorOf(found)]);
  }
  const tensors = new Map<string, StoredTensor>();
  const slots = slotsOf(optimizer, weights);
  for (const { slot, weight } of slots) {
    const own = typeof slot === "string" ? bySlot.get(slot) : undefined;
    const value = own?.length === weights.length ? own[weights.indexOf(weight)] : undefined;
    if (value === undefined) return { iterations, tensors: new Map() };
    tensors.set(`${plainText(slot)}/${weight.path}`, value);
  }
  return { iterations, tensors: withKept(optimizer, iterations, tensors) };
}

/** Keras's variables, in their order, or none where some of them are not kept here. */
export function writeState(
  optimizer: Described,
  iterations: number,
  weights: readonly TrainedWeight[],
  state: ReadonlyMap<string, StoredTensor>,
): StoredTensor[] {
  const slots = slotsOf(optimizer, weights);
  if (state.size === 0) return [];
  const { learningRate } = optimizer.options;
  const first: StoredTensor[] = [
    { dtype: "i32", shape: [], data: Int32Array.of(iterations) },
    ...(typeof learningRate === "number"
      ? [{ dtype: "f32" as const, shape: [], data: Float32Array.of(learningRate) }]
      : []),
  ];
  const values = slots.map(({ slot, weight: { path, shape } }): StoredTensor => {
    if (typeof slot !== "string") return zeros(slot.zeros === "scalar" ? [] : shape);
    const value = state.get(`${slot}/${path}`);
    if (value !== undefined) return value;
    throw new SinterError("format", `The optimizer has no ${slot} of "${path}". Save without its state.`, {
      slot,
      weight: path,
    });
  });
  const product = optimizer.kind === "nadam" ? state.get("scalar/product") : undefined;
  return [...first, ...values, ...(product === undefined ? [] : [product])];
}

function zeros(shape: readonly number[]): StoredTensor {
  return { dtype: "f32", shape, data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)) };
}
