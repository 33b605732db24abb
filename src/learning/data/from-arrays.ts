// Data sets from values in memory: typed arrays, nested arrays, host tensors; of one or several inputs and targets.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { namedTensors, type ArrayInput, type NamedTensors, type SeveralArrays } from "#learning/data/array-values.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { type AugmentPreset, resolveAugment } from "#learning/data/augment-options.ts";
import type { HostTensor, Rescale } from "#learning/data/dataset.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { SampleRows } from "#learning/data/sample-rows.ts";
import { arraySource } from "#learning/data/source.ts";
import { valueTargets } from "#learning/data/targets.ts";

export interface FromArraysOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles; default true when there are targets. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** Of the first input. */
  readonly rescale?: Rescale;
  /**
   * What the loss of each sample, [n], or of each of its places, [n, time], is multiplied with; for several targets also a
   * list or a record as of y.
   */
  readonly sampleWeight?: ArrayInput | SeveralArrays;
  /** For pictures only: the first input is [n, height, width, channels]. */
  readonly augment?: AugmentOptions | AugmentPreset;
  /** The class names that the targets' numbers stand for. */
  readonly classNames?: readonly string[];
}

/**
 * A data set over values in memory; the first axis counts samples. Nested arrays become f32. Several inputs or targets are
 * a list of typed arrays or host tensors, or a record by the names of a model's inputs or outputs.
 * @param x [n, ...]
 * @param y [n, ...], left out for data without targets
 * @throws shape when they differ in their number of samples, or nested arrays are ragged
 * @example
 * const xor = fromArrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], { batchSize: 4 });
 * const two = fromArrays({ left: [[1], [2]], right: [[3], [4]] }, { sum: [[4], [6]], product: [[3], [8]] });
 */
export function fromArrays(
  x: ArrayInput | SeveralArrays,
  y?: ArrayInput | SeveralArrays,
  options: FromArraysOptions = {},
): SampleDataset {
  const inputs = namedTensors(x, "fromArrays x");
  const targets = y === undefined ? undefined : namedTensors(y, "fromArrays y");
  const [first, ...furtherInputs] = inputs.tensors;
  if (first === undefined) throw new SinterError("option", "fromArrays: x has no input. Give one.");
  const numSamples = checkNumSamples(first, [...inputs.tensors, ...(targets?.tensors ?? [])]);
  return new SampleDataset({
    source: arraySource(first.data, first.shape, first.dtype),
    furtherInputs: furtherInputs.map(valueTargets),
    inputNames: inputs.names,
    ...targetRows(targets),
    ...weightRows(options.sampleWeight, targets, numSamples),
    labelMode: targets === undefined ? "none" : "values",
    classNames: options.classNames,
    batchSize: options.batchSize ?? 32,
    shuffle: options.shuffle ?? targets !== undefined,
    seed: options.seed ?? 0,
    rescale: options.rescale,
    augment: resolveAugment(options.augment, "fromArrays"),
    name: "fromArrays",
  });
}

function targetRows(targets: NamedTensors | undefined): SampleRows {
  if (targets === undefined) return {};
  const [first, ...further] = targets.tensors.map(valueTargets);
  if (first === undefined) throw new SinterError("option", "fromArrays: y has no target. Give one, or leave y out.");
  return { targets: first, furtherTargets: further, targetNames: targets.names };
}

/** How many samples there are. @throws shape where the values differ in that */
function checkNumSamples({ shape: [numSamples] }: HostTensor, values: readonly HostTensor[]): number {
  if (numSamples !== undefined && values.every(({ shape }) => shape[0] === numSamples)) return numSamples;
  const shapes = values.map(({ shape }) => shapeText(shape));
  throw new SinterError(
    "shape",
    `fromArrays: ${shapes.join(" and ")} differ in samples. The first axes of x and y must be equal.`,
    { shapes: values.map(({ shape }) => shape) },
  );
}

/** @throws shape unless there is one weight a sample, or a row of them; option for other targets than y has */
function weightRows(
  given: ArrayInput | SeveralArrays | undefined,
  targets: NamedTensors | undefined,
  numSamples: number,
): SampleRows {
  if (given === undefined) return {};
  const { tensors, names } = namedTensors(given, "fromArrays sampleWeight");
  const rows = tensors.map(({ data, shape }) => {
    if (shape[0] !== numSamples) {
      throw new SinterError(
        "shape",
        `fromArrays: sampleWeight ${shapeText(shape)} for ${numSamples} samples. Give one number a sample.`,
        { sampleWeight: shape, numSamples },
      );
    }
    return valueTargets({ data: Float32Array.from(data), shape, dtype: "f32" });
  });
  const [only] = rows;
  if (rows.length === 1 && names === undefined) return { sampleWeights: only };
  const order = (targets?.names ?? []).map((name) => rows[names?.indexOf(name) ?? -1]);
  const ordered = names === undefined ? rows : order.flatMap((row) => row ?? []);
  if (ordered.length === rows.length && ordered.length === targets?.tensors.length) return { targetWeights: ordered };
  throw new SinterError(
    "option",
    `fromArrays: sampleWeight for ${names?.join(", ") ?? `${rows.length} targets`}, but y has ` +
      `${targets?.names?.join(", ") ?? targets?.tensors.length ?? 0}. Give one for each, or one for all.`,
  );
}
