// Cuts a data set in two so that every class keeps its share and equal files stay together: what a model is judged on must
// not lie, byte for byte, among what it learned from.

import { SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { permutation } from "#learning/data/order.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";

export interface SplitOptions {
  /** Default: the data set's own. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** The two parts of a data set. */
export interface SplitDataset {
  /** Shuffles and augments as the whole did. */
  readonly train: SampleDataset;
  /** In file order, without augmentation. */
  readonly validation: SampleDataset;
}

/**
 * A data set cut in two, stratified: the share of every class is split off, by seed. Files with the same SHA-256 go to
 * one side.
 * @param share of every class that becomes the validation part, above 0 and below 1
 * @throws option for a share outside; data when a part would be empty
 */
export async function splitByClass(
  dataset: SampleDataset,
  share: number,
  options: SplitOptions = {},
): Promise<SplitDataset> {
  if (!(share > 0 && share < 1)) {
    throw new SinterError("option", `splitByClass: share ${share}, expected a number above 0 and below 1.`, { share });
  }
  const content = await contentOf(dataset, options.signal);
  const labels = dataset.labels ?? new Int32Array(dataset.numSamples);
  const validation = chooseByClass(labels, content, share, options.seed ?? dataset.seed);
  const chosen = new Set(validation);
  const train = Array.from(labels.keys()).filter((index) => !chosen.has(index));
  if (train.length === 0 || validation.length === 0) {
    throw new SinterError(
      "data",
      `splitByClass: ${dataset.numSamples} samples do not divide (equal files stay together). Add pictures, or give a ` +
        `validation folder.`,
      { numSamples: dataset.numSamples, share },
    );
  }
  return {
    train: dataset.subset(train),
    validation: dataset.subset(validation, { shuffle: false, augment: undefined }),
  };
}

export interface FoldOptions extends SplitOptions {
  /** Parts, each of which is validated on once; at least 2. */
  readonly folds: number;
}

/**
 * A data set cut for cross-validation: `folds` pairs, each sample in exactly one validation part. Folds have equal sizes
 * and shares of every class (they differ by 1 at most, where no files are equal). Files with the same SHA-256 go to one fold.
 * @throws option for fewer than 2 folds; data when a class has fewer different samples than there are folds
 * @source scikit-learn 1.9, StratifiedKFold: how many samples of a class each fold gets
 * @example
 * for (const { train, validation } of await kFold(dataset, { folds: 5, seed: 1 })) await model.fit(train);
 */
export async function kFold(dataset: SampleDataset, options: FoldOptions): Promise<SplitDataset[]> {
  const { folds, seed = dataset.seed, signal } = options;
  const content = await contentOf(dataset, signal);
  const labels = dataset.labels ?? new Int32Array(dataset.numSamples);
  const foldOf = assignFolds(labels, content, folds, seed);
  const positions = Array.from(labels.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    train: dataset.subset(positions.filter((position) => foldOf[position] !== fold)),
    validation: dataset.subset(
      positions.filter((position) => foldOf[position] === fold),
      { shuffle: false, augment: undefined },
    ),
  }));
}

/**
 * The fold of each sample, from 0. Samples with equal group text get one fold.
 * @param groups one text a sample; undefined for a sample that is a group of its own
 * @throws option, data as `kFold`
 */
export function assignFolds(
  labels: ArrayLike<number>,
  groups: readonly (string | undefined)[],
  folds: number,
  seed: number,
): Int32Array {
  if (!Number.isSafeInteger(folds) || folds < 2) {
    throw new SinterError("option", `kFold: folds is ${folds}. Give a whole number of at least 2.`, { folds });
  }
  const foldOf = new Int32Array(labels.length);
  const members = groupMembers(labels.length, groups);
  let numBefore = 0;
  for (const [label, classGroups] of groupBy(members, (group) => labels[group[0] ?? 0] ?? 0)) {
    if (classGroups.length < folds) {
      throw new SinterError(
        "data",
        `kFold: class ${label} has ${classGroups.length} different samples for ${folds} folds. Use fewer folds, or add some.`,
        { label, folds },
      );
    }
    const numSamples = classGroups.reduce((sum, group) => sum + group.length, 0);
    const left = quotas(numBefore, numSamples, folds);
    const order = permutation(classGroups.length, seed, label, "split");
    // The largest first: single samples then even out what they left.
    const sorted = Array.from(order, (index) => classGroups[index] ?? []).toSorted((a, b) => b.length - a.length);
    for (const group of sorted) {
      const fold = left.indexOf(Math.max(...left));
      left[fold] = (left[fold] ?? 0) - group.length;
      for (const position of group) foldOf[position] = fold;
    }
    numBefore += numSamples;
  }
  return foldOf;
}

/** Samples of a class for each fold: samples sorted by class are dealt to the folds in turn. */
function quotas(numBefore: number, numSamples: number, folds: number): number[] {
  const left = Array.from({ length: folds }, () => Math.floor(numSamples / folds));
  for (let extra = 0; extra < numSamples % folds; extra += 1) {
    const fold = (numBefore + extra) % folds;
    left[fold] = (left[fold] ?? 0) + 1;
  }
  return left;
}

/**
 * The positions split off, in ascending order. Samples with equal group text stay together; every class with two groups
 * or more gives at least one and keeps at least one.
 * @param groups one text a sample; undefined for a sample that is a group of its own
 */
export function chooseByClass(
  labels: ArrayLike<number>,
  groups: readonly (string | undefined)[],
  share: number,
  seed: number,
): number[] {
  const members = groupMembers(labels.length, groups);
  // A group belongs to the class of its first sample, also where equal files lie in two classes.
  const classes = groupBy(members, (group) => labels[group[0] ?? 0] ?? 0);
  const chosen = [...classes].flatMap(([label, classGroups]) => chooseGroups(classGroups, share, seed, label));
  return chosen.toSorted((a, b) => a - b);
}

function chooseGroups(groups: readonly (readonly number[])[], share: number, seed: number, label: number): number[] {
  if (groups.length < 2) return [];
  const numSamples = groups.reduce((sum, group) => sum + group.length, 0);
  const wanted = Math.min(numSamples - 1, Math.max(1, Math.round(numSamples * share)));
  const chosen: number[] = [];
  let numChosen = 0;
  for (const index of permutation(groups.length, seed, label, "split")) {
    const group = groups[index] ?? [];
    const fits = chosen.length + group.length <= wanted;
    if (fits && numChosen < groups.length - 1) {
      chosen.push(...group);
      numChosen += 1;
    }
  }
  // Every group is larger than the share: the smallest is nearest to it.
  return chosen.length > 0 ? chosen : [...(groups.toSorted((a, b) => a.length - b.length)[0] ?? [])];
}

function groupMembers(numSamples: number, groups: readonly (string | undefined)[]): readonly (readonly number[])[] {
  const positions = Array.from({ length: numSamples }, (_, index) => index);
  return [...groupBy(positions, (index) => groups[index] ?? `sample ${index}`).values()];
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known === undefined) groups.set(keyOf(item), [item]);
    else known.push(item);
  }
  return groups;
}

/** A text for each sample that is equal for equal files; files of a length that no other has are not read. */
async function contentOf(dataset: SampleDataset, signal: AbortSignal | undefined): Promise<(string | undefined)[]> {
  const positions = Array.from({ length: dataset.numSamples }, (_, position) => position);
  const lengths = await forEachFile(positions, signal, (position) => dataset.numBytes(position));
  const byLength = groupBy(positions, (position) => lengths[position]);
  return await forEachFile(positions, signal, async (position) => {
    const isAlone = (byLength.get(lengths[position])?.length ?? 0) < 2;
    return isAlone ? undefined : await dataset.hash(position);
  });
}

/** Asks something of every file, a few at a time; undefined for one that cannot be opened. */
async function forEachFile<Answer>(
  positions: readonly number[],
  signal: AbortSignal | undefined,
  ask: (position: number) => Promise<Answer | undefined>,
): Promise<(Answer | undefined)[]> {
  const limit = createLimiter(4);
  const answer = async (position: number): Promise<Answer | undefined> => {
    if (signal?.aborted === true) throw new SinterError("aborted", "splitByClass: was aborted.");
    try {
      return await ask(position);
    } catch (error) {
      // Such a file is found broken, and named, when it is read as a picture.
      if (error instanceof SinterError && (error.code === "file" || error.code === "limit")) return undefined;
      throw error;
    }
  };
  return await Promise.all(positions.map((position) => limit(() => answer(position))));
}
