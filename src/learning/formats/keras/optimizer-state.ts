// What optimizers keep between steps: Keras's numbered variables and sinter's slots by weight.

import { SinterError } from "#engine/base/error.ts";
import type { Hdf5Group } from "#learning/formats/hdf5/read.ts";
import type { Described } from "#learning/formats/model-json.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { JsonObject } from "./json.ts";
import { attributeTexts, find, tensorOf } from "./stored-weights.ts";

/** Slots that alternate from weight to weight; one group after another. */
type SlotGroups = (options: JsonObject) => readonly (readonly string[])[];

const adams: SlotGroups = ({ amsgrad }) => [["momentum", "velocity"], ...(amsgrad === true ? [["velocityHat"]] : [])];

const slotGroups: Readonly<Record<string, SlotGroups>> = {
  sgd: ({ momentum }) => (momentum === 0 || momentum === undefined ? [] : [["momentum"]]),
  adam: adams,
  adamw: adams,
  nadam: () => [["momentum", "velocity"]],
  adamax: () => [["momentum", "norm"]],
  lamb: () => [["momentum", "velocity"]],
  lion: () => [["momentum"]],
  adagrad: () => [["accumulator"]],
  adadelta: () => [["accumulatedGradient", "accumulatedDelta"]],
  ftrl: () => [["accumulator", "linear"]],
  rmsprop: ({ momentum, centered }) => [
    ["velocity"],
    ...(typeof momentum === "number" && momentum > 0 ? [["momentum"]] : []),
    ...(centered === true ? [["averageGradient"]] : []),
  ],
};

/** Whether the state of an optimizer is read and written: not with averages, accumulation or slots of other shapes. */
function groupsOf({ kind, options }: Described): readonly (readonly string[])[] | undefined {
  if (options["useEma"] === true || typeof options["gradientAccumulationSteps"] === "number") return undefined;
  return Object.hasOwn(slotGroups, kind) ? slotGroups[kind]?.(options) : undefined;
}

/** What a file says of an optimizer's steps. */
export interface ReadState {
  readonly iterations: number;
  /** By sinter's name, `momentum/dense/kernel`; nothing where the file has none that fits. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * The state in a file of Keras 3's: the steps, the rate, then the slots.
 * @param weights paths of the trained weights, in Keras's order
 */
export function readState(root: Hdf5Group, optimizer: Described, weights: readonly string[]): ReadState {
  const vars = find(root, "optimizer/vars");
  if (vars?.kind !== "group") return { iterations: 0, tensors: new Map() };
  const variable = (place: number): StoredTensor | undefined => {
    const found = vars.members.get(`${place}`);
    return found?.kind === "dataset" ? tensorOf(found) : undefined;
  };
  const numFirst = typeof optimizer.options["learningRate"] === "number" ? 2 : 1;
  const iterations = countOf(variable(0));
  const names = (groupsOf(optimizer) ?? []).flatMap((group) =>
    weights.flatMap((weight) => group.map((slot) => `${slot}/${weight}`)),
  );
  const values = names.map((_, place) => variable(numFirst + place));
  if (values.includes(undefined)) return { iterations, tensors: new Map() };
  const tensors = new Map(
    names.flatMap((name, place) => {
      const value = values[place];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const kept = variable(numFirst + names.length);
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
export function readOldState(root: Hdf5Group, optimizer: Described, weights: readonly string[]): ReadState {
  const group = find(root, "optimizer_weights");
  if (group?.kind !== "group") return { iterations: 0, tensors: new Map() };
  const bySlot = new Map<string, StoredTensor[]>();
  let iterations = 0;
  for (const path of attributeTexts(group, "weight_names")) {
    const found = find(group, path);
    if (found?.kind !== "dataset") continue;
    const last = (path.split("/").at(-1) ?? "").replace(/:\d+$/u, "");
    if (/^iter(ations?)?$/u.test(last)) iterations = countOf(tensorOf(found));
    const [, slot] = oldEndings.find(([ending]) => last === ending || last.endsWith(`_${ending}`)) ?? [];
    if (slot !== undefined) bySlot.set(slot, [...(bySlot.get(slot) ?? []), tensorOf(found)]);
  }
  const wanted = (groupsOf(optimizer) ?? []).flat();
  if (wanted.length === 0 || !wanted.every((slot) => bySlot.get(slot)?.length === weights.length)) {
    return { iterations, tensors: new Map() };
  }
  const tensors = wanted.flatMap((slot) =>
    weights.flatMap((weight, place): [string, StoredTensor][] => {
      const value = bySlot.get(slot)?.[place];
      return value === undefined ? [] : [[`${slot}/${weight}`, value]];
    }),
  );
  return { iterations, tensors: withKept(optimizer, iterations, new Map(tensors)) };
}

/** Keras's variables, in their order, or none where some of them are not kept here. */
export function writeState(
  optimizer: Described,
  iterations: number,
  weights: readonly string[],
  state: ReadonlyMap<string, StoredTensor>,
): StoredTensor[] {
  const groups = groupsOf(optimizer);
  if (groups === undefined || state.size === 0) return [];
  const { learningRate } = optimizer.options;
  const first: StoredTensor[] = [
    { dtype: "i32", shape: [], data: Int32Array.of(iterations) },
    ...(typeof learningRate === "number"
      ? [{ dtype: "f32" as const, shape: [], data: Float32Array.of(learningRate) }]
      : []),
  ];
  const slots = groups.flatMap((group) =>
    weights.flatMap((weight) =>
      group.map((slot) => {
        const value = state.get(`${slot}/${weight}`);
        if (value !== undefined) return value;
        throw new SinterError("format", `The optimizer has no ${slot} of "${weight}". Save without its state.`, {
          slot,
          weight,
        });
      }),
    ),
  );
  const product = optimizer.kind === "nadam" ? state.get("scalar/product") : undefined;
  return [...first, ...slots, ...(product === undefined ? [] : [product])];
}
