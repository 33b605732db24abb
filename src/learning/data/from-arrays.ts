// Data sets from values in memory: typed arrays, nested arrays, host tensors.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { type AugmentPreset, resolveAugment } from "#learning/data/augment-options.ts";
import type { HostTensor, Rescale } from "#learning/data/dataset.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import { arraySource } from "#learning/data/source.ts";
import { valueTargets, type Targets } from "#learning/data/targets.ts";

/** Numbers within arrays, of one length an axis. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** Values for many samples; a typed array alone is one number a sample. */
export type ArrayInput = HostTensor | HostArray | NestedNumbers;

export interface FromArraysOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles; default true when there are targets. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  readonly rescale?: Rescale;
  /** What each sample's loss is multiplied with: [n]. */
  readonly sampleWeight?: ArrayInput;
  /** For pictures only: x is [n, height, width, channels]. */
  readonly augment?: AugmentOptions | AugmentPreset;
  /** The class names that the targets' numbers stand for. */
  readonly classNames?: readonly string[];
}

/**
 * A data set over values in memory; the first axis counts samples. Nested arrays become f32.
 * @param x [n, ...]
 * @param y [n, ...], left out for data without targets
 * @throws shape when x and y differ in their number of samples, or nested arrays are ragged
 * @example
 * const xor = fromArrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], { batchSize: 4 });
 */
export function fromArrays(x: ArrayInput, y?: ArrayInput, options: FromArraysOptions = {}): SampleDataset {
  const samples = hostTensor(x, "fromArrays x");
  const targets = y === undefined ? undefined : hostTensor(y, "fromArrays y");
  const numSamples = samples.shape[0];
  if (numSamples === undefined || (targets !== undefined && targets.shape[0] !== numSamples)) {
    throw new SinterError(
      "shape",
      `fromArrays: x ${shapeText(samples.shape)} and y ${shapeText(targets?.shape ?? [])} differ in samples. ` +
        `The first axes must be equal.`,
      { x: samples.shape, y: targets?.shape },
    );
  }
  return new SampleDataset({
    source: arraySource(samples.data, samples.shape, samples.dtype),
    targets: targets === undefined ? undefined : valueTargets(targets),
    sampleWeights: weightsOf(options.sampleWeight, numSamples),
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

/** @throws shape unless there is one weight a sample */
function weightsOf(given: ArrayInput | undefined, numSamples: number): Targets | undefined {
  if (given === undefined) return undefined;
  const { data, shape } = hostTensor(given, "fromArrays sampleWeight");
  if (data.length !== numSamples || shape[0] !== numSamples) {
    throw new SinterError(
      "shape",
      `fromArrays: sampleWeight ${shapeText(shape)} for ${numSamples} samples. Give one number a sample.`,
      { sampleWeight: shape, numSamples },
    );
  }
  return valueTargets({ data: Float32Array.from(data), shape: [numSamples], dtype: "f32" });
}

/**
 * Typed or nested arrays with their shape and dtype.
 * @throws shape for ragged arrays, or a length that the shape does not give
 */
export function hostTensor(values: ArrayInput, name: string): HostTensor {
  if ("shape" in values) return checkSize(values, name);
  if (ArrayBuffer.isView(values)) return typedTensor(values);
  const shape = nestedShape(values);
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  const copy = (part: number | NestedNumbers, depth: number): void => {
    if (typeof part === "number") {
      data[at] = part;
      at += 1;
      return;
    }
    if (
      part.length !== shape[depth] ||
      (depth === shape.length - 1) !== part.every((item) => typeof item === "number")
    ) {
      throw new SinterError(
        "shape",
        `${name}: nested arrays are ragged, expected ${shapeText(shape)}. Make them equal.`,
        {
          shape,
        },
      );
    }
    for (const item of part) copy(item, depth + 1);
  };
  copy(values, 0);
  return { data, shape, dtype: "f32" };
}

function typedTensor(values: HostArray): HostTensor {
  if (values instanceof Float64Array) return { data: Float32Array.from(values), shape: [values.length], dtype: "f32" };
  return { data: values, shape: [values.length], dtype: dtypeOf(values) };
}

function dtypeOf(values: HostArray): DType {
  if (values instanceof Int32Array) return "i32";
  if (values instanceof Uint8Array) return "u8";
  return values instanceof Uint16Array ? "f16" : "f32";
}

function nestedShape(values: NestedNumbers): number[] {
  const shape: number[] = [];
  let part: number | NestedNumbers | undefined = values;
  while (typeof part === "object") {
    shape.push(part.length);
    part = part[0];
  }
  return shape;
}

function checkSize(tensor: HostTensor, name: string): HostTensor {
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new SinterError(
      "shape",
      `${name}: ${tensor.data.length} values do not fill ${shapeText(tensor.shape)}. Give ${sizeOf(tensor.shape)} values.`,
      { shape: tensor.shape, length: tensor.data.length },
    );
  }
  return tensor;
}
