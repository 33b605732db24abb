// Classes of unequal size: weights that make them count alike, and an order in which they come alike often.

import { SinterError } from "#engine/base/error.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { permutation } from "#learning/data/order.ts";

/** How often samples of small classes come; "balanced": every class as often as the largest. */
export type Oversample = "balanced";

/**
 * A weight for each class that has samples: n / (number of classes · samples of the class).
 * @param data a data set with labels, or the class of each sample
 * @throws data when there are no labels
 * @source scikit-learn 1.9, compute_class_weight("balanced")
 * @example
 * const weights = classWeights([0, 0, 0, 1]); // { 0: 0.667, 1: 2 }
 */
export function classWeights(data: Pick<Dataset, "labels"> | ArrayLike<number>): Readonly<Record<number, number>> {
  const labels = "length" in data ? data : data.labels;
  if (labels === undefined || labels.length === 0) {
    throw new SinterError("data", "classWeights: there are no labels. Give the class of each sample: [0, 0, 1].");
  }
  const members = membersOf(labels);
  const weights = [...members].map(([label, { length }]) => [label, labels.length / (members.size * length)] as const);
  return Object.fromEntries(weights);
}

/** Positions by class. */
function membersOf(labels: ArrayLike<number>): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (let position = 0; position < labels.length; position += 1) {
    const label = labels[position] ?? 0;
    const known = members.get(label);
    if (known === undefined) members.set(label, [position]);
    else known.push(position);
  }
  return members;
}

/** Samples of an epoch in which every class comes as often as the largest. */
export function balancedSize(labels: ArrayLike<number>): number {
  const members = membersOf(labels);
  return members.size * largestOf(members);
}

function largestOf(members: ReadonlyMap<number, readonly number[]>): number {
  return [...members.values()].reduce((most, { length }) => Math.max(most, length), 0);
}

/** The order of an epoch. */
export interface EpochOrder {
  readonly positions: Int32Array;
  /** How often each position came before in the epoch; what is drawn for a sample depends on it. */
  readonly repeats?: Int32Array;
}

/**
 * An order in which every class comes as often as the largest: samples of a smaller class are repeated, each as often as
 * any other or once more; which ones come once more changes from epoch to epoch. A pure function of its arguments.
 */
export function balancedOrder(labels: ArrayLike<number>, seed: number, epoch: number): EpochOrder {
  const members = membersOf(labels);
  const most = largestOf(members);
  const slots = [...members.values()].flatMap((positions) => {
    const chosen = permutation(positions.length, seed, epoch, "oversample");
    return Array.from({ length: most }, (_, slot) => ({
      position: positions[chosen[slot % positions.length] ?? 0] ?? 0,
      repeat: Math.floor(slot / positions.length),
    }));
  });
  const order = permutation(slots.length, seed, epoch);
  return {
    positions: order.map((slot) => slots[slot]?.position ?? 0),
    repeats: order.map((slot) => slots[slot]?.repeat ?? 0),
  };
}
