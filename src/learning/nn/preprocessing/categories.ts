// Layers that make categories of numbers: encoded, cut into ranges, looked up.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { encodeIndices, type EncodeMode } from "#engine/tensor/encode-indices.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { makeLayer, single, type Layer, type LayerOptions, type SampleType } from "../layer.ts";

/** What a layer gives: indices, or rows of zeros, ones and counts. */
export type CategoryMode = "int" | EncodeMode;

const categoryModes = ["int", "oneHot", "multiHot", "count"] as const;

/** @throws option */
export function checkCategoryMode(kind: string, mode: unknown): CategoryMode {
  return choice(kind, "outputMode", mode, categoryModes);
}

/** What indices of a type become. @throws shape for rows over samples that are not one axis */
export function categoryType(input: SampleType, mode: CategoryMode, depth: number, label: string): SampleType {
  const { shape } = input;
  if (mode === "int") return { shape, dtype: "i32" };
  if (mode === "oneHot") return { shape: [...(shape.at(-1) === 1 ? shape.slice(0, -1) : shape), depth], dtype: "f32" };
  if (shape.length !== 1) {
    throw new SinterError(
      "shape",
      `${label}: outputMode "${mode}" of samples ${shapeText(shape)}, expected one axis. Add flatten before it.`,
      { shape },
    );
  }
  return { shape: [depth], dtype: "f32" };
}

/** Indices as the mode has them. @param indices i32 */
export function categoryRows(indices: Tensor, mode: CategoryMode, depth: number): Tensor {
  return mode === "int" ? indices : encodeIndices(indices, mode, depth);
}

export interface CategoryEncodingOptions extends LayerOptions {
  /** How many categories there are; other numbers count nowhere. */
  readonly numTokens: number;
  /** "multiHot" by default. */
  readonly outputMode?: EncodeMode | undefined;
}

/**
 * Whole numbers as rows of zeros and ones (or counts). A second input gives what each number counts in mode "count".
 * @source Keras 3.15, layers.CategoryEncoding
 */
export function categoryEncoding(options: CategoryEncodingOptions): Layer {
  const kind = "categoryEncoding";
  const numTokens = integer(kind, "numTokens", options.numTokens);
  const outputMode = choice(kind, "outputMode", options.outputMode ?? "multiHot", ["oneHot", "multiHot", "count"]);
  const split = <Item>(inputs: readonly Item[]): readonly [Item, Item | undefined] => {
    const [first, weights] = inputs;
    const takesWeights = outputMode === "count" && inputs.length === 2;
    return [takesWeights && first !== undefined ? first : single(inputs, kind), takesWeights ? weights : undefined];
  };
  return makeLayer({
    kind,
    className: "CategoryEncoding",
    options,
    known: ["numTokens", "outputMode"],
    config: { numTokens, outputMode },
    outputTypes: (inputs, label) => [categoryType(split(inputs)[0], outputMode, numTokens, label)],
    call: (_weights, inputs) => {
      const [indices, weights] = split(inputs);
      return { outputs: [encodeIndices(indices.cast("i32"), outputMode, numTokens, weights)] };
    },
  });
}

export interface DiscretizationOptions extends LayerOptions {
  /** Rising: number i is the least value of range i + 1. `binBoundariesOf` finds them in data. */
  readonly binBoundaries: readonly number[];
  /** "int" by default. */
  readonly outputMode?: CategoryMode | undefined;
}

/**
 * The number of the range that a value lies in: how many boundaries are not above it.
 * @source Keras 3.15, layers.Discretization
 * @example
 * const layer = layers.discretization({ binBoundaries: [0, 1, 2] });
 */
export function discretization(options: DiscretizationOptions): Layer {
  const kind = "discretization";
  const outputMode = checkCategoryMode(kind, options.outputMode ?? "int");
  const boundaries = checkBoundaries(kind, options);
  const depth = boundaries.length + 1;
  const config: { readonly [name: string]: ConfigValue } = { binBoundaries: boundaries, outputMode };
  return makeLayer({
    kind,
    className: "Discretization",
    options,
    known: Object.keys(config),
    config,
    outputTypes: (inputs, label) => [categoryType(single(inputs, label), outputMode, depth, label)],
    call: (_weights, inputs) => {
      const x = single(inputs, kind).cast("f32").expandDims(-1);
      const isReached = x.greaterEqual(tensor(Float32Array.from(boundaries)));
      return { outputs: [categoryRows(isReached.cast("i32").sum(-1), outputMode, depth)] };
    },
  });
}

function checkBoundaries(kind: string, options: DiscretizationOptions): readonly number[] {
  if ("numBins" in options) {
    throw new SinterError(
      "option",
      `${kind}: numBins needs data. Write ${kind}(await binBoundariesOf(data, { numBins })).`,
      { option: "numBins" },
    );
  }
  const given = options.binBoundaries;
  if (!Array.isArray(given) || given.length === 0) {
    throw new SinterError("option", `${kind}: binBoundaries is ${JSON.stringify(given)}. Give a list of numbers.`);
  }
  const boundaries = Array.from(given, (one) => numberWithin(kind, "binBoundaries", one));
  const broken = boundaries.findIndex((one, index) => index > 0 && one < (boundaries[index - 1] ?? one));
  if (broken < 0) return boundaries;
  throw new SinterError("option", `${kind}: boundary ${broken} of binBoundaries falls. Sort them.`, { broken });
}
