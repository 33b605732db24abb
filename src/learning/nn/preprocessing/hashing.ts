// Layers that give whole numbers a bucket by their hash: no vocabulary, and different numbers may meet.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, type ConfigValue } from "#engine/base/options.ts";
import { shapeText, sameShape } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import { withoutUndefined } from "../dense.ts";
import { makeLayer, single, type Layer, type LayerOptions, type SampleType } from "../layer.ts";
import { categoryRows, categoryType, checkCategoryMode, type CategoryMode } from "./categories.ts";
import { crossIntegers, hashIntegers } from "./hash-integers.ts";

export interface HashingOptions extends LayerOptions {
  /** How many buckets there are, up to 2^23. */
  readonly numBins: number;
  /** A number that has bucket 0 for itself. None by default. */
  readonly maskValue?: number | null | undefined;
  /** Two numbers, or one for both: another hash for each. */
  readonly salt?: number | readonly [number, number] | null | undefined;
  /** "int" by default. */
  readonly outputMode?: CategoryMode | undefined;
}

const mostBins = 2 ** 23;

/**
 * The bucket of each whole number, by the hash of its decimal digits: Keras's buckets. Strings: see `stringLookup`.
 * @source Keras 3.15, layers.Hashing
 */
export function hashing(options: HashingOptions): Layer {
  const kind = "hashing";
  const numBins = checkBins(kind, options.numBins);
  const outputMode = checkCategoryMode(kind, options.outputMode ?? "int");
  const maskValue = options.maskValue ?? undefined;
  if (maskValue !== undefined) integer(kind, "maskValue", maskValue, -(2 ** 31));
  const salt = checkSalt(kind, options.salt ?? undefined);
  const hasMask = maskValue !== undefined && numBins > 1;
  const config: { readonly [name: string]: ConfigValue } = { numBins, maskValue, salt, outputMode };
  return makeLayer({
    kind,
    className: "Hashing",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    outputTypes: (inputs, label) => [categoryType(single(inputs, label), outputMode, numBins, label)],
    call: (_weights, inputs) => {
      const x = single(inputs, kind).cast("i32");
      const bucket = hashIntegers(x, hasMask ? numBins - 1 : numBins, salt);
      const placed = maskValue === undefined || !hasMask ? bucket : where(x.equal(maskValue), 0, bucket.add(1));
      return { outputs: [categoryRows(placed, outputMode, numBins)] };
    },
  });
}

/** @throws option */
export function checkSalt(kind: string, salt: HashingOptions["salt"]): readonly [number, number] | undefined {
  if (salt === undefined || salt === null) return undefined;
  const [first, second] = typeof salt === "number" ? [salt, salt] : salt;
  return [integer(kind, "salt", first, 0), integer(kind, "salt", second, 0)];
}

function checkBins(kind: string, numBins: number): number {
  if (integer(kind, "numBins", numBins) <= mostBins) return numBins;
  throw new SinterError("option", `${kind}: numBins is ${numBins}. Give at most ${mostBins}.`, { numBins });
}

export interface HashedCrossingOptions extends LayerOptions {
  /** How many buckets there are, up to 2^23. */
  readonly numBins: number;
  /** "int" by default. */
  readonly outputMode?: "int" | "oneHot" | undefined;
}

/**
 * The bucket of what two or more inputs have together: of each row one whole number an input.
 * @source Keras 3.15, layers.HashedCrossing
 */
export function hashedCrossing(options: HashedCrossingOptions): Layer {
  const kind = "hashedCrossing";
  const numBins = checkBins(kind, options.numBins);
  const outputMode = choice(kind, "outputMode", options.outputMode ?? "int", ["int", "oneHot"]);
  return makeLayer({
    kind,
    className: "HashedCrossing",
    options,
    known: ["numBins", "outputMode"],
    config: { numBins, outputMode },
    outputTypes: (inputs, label) => [categoryType(crossedType(inputs, label), outputMode, numBins, label)],
    call: (_weights, inputs) => {
      const bucket = crossIntegers(
        inputs.map((input) => input.cast("i32")),
        numBins,
      );
      return { outputs: [categoryRows(bucket, outputMode, numBins)] };
    },
  });
}

/** @throws shape unless two or more inputs are one number a sample */
function crossedType(inputs: readonly SampleType[], label: string): SampleType {
  const [first] = inputs;
  const isColumn = first !== undefined && (first.shape.length === 0 || sameShape(first.shape, [1]));
  if (isColumn && inputs.length >= 2 && inputs.every(({ shape }) => sameShape(shape, first.shape))) return first;
  throw new SinterError(
    "shape",
    `${label}: inputs ${inputs.map(({ shape }) => shapeText(shape)).join(", ")}, expected two or more of one number a sample.`,
    { shapes: inputs.map(({ shape }) => shape) },
  );
}
