// The layer that gives whole numbers the indices of a vocabulary, and back.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import {
  lookupModes,
  placeVocabulary,
  type LookupMode,
  type Vocabulary,
  type VocabularyRule,
} from "#engine/base/vocabulary.ts";
import { tensor } from "#engine/tensor/create.ts";
import { encodeIndices } from "#engine/tensor/encode-indices.ts";
import { keep } from "#engine/tensor/keep.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { withoutUndefined } from "../dense.ts";
import { makeLayer, single, type Layer, type LayerOptions } from "../layer.ts";
import { categoryType } from "./categories.ts";
import { hashIntegers } from "./hash-integers.ts";
import { checkSalt } from "./hashing.ts";

export interface IntegerLookupOptions extends LayerOptions {
  /** The integers that have an index, with mask and unknown ones first or without. `vocabularyOf` finds them in data. */
  readonly vocabulary: readonly number[];
  /** How many indices there may be, mask and unknown ones counted. */
  readonly maxTokens?: number | null | undefined;
  /** Indices for integers that the vocabulary lacks; 1 by default. With 0 they give -1, and count nowhere. */
  readonly numOovIndices?: number | undefined;
  /** In mode "int" the integer with index 0; in others one that counts nowhere. None by default. */
  readonly maskToken?: number | null | undefined;
  /** What `invert` gives for an index without an integer; -1 by default. */
  readonly oovToken?: number | undefined;
  /** Weights of mode "tfIdf", one for each integer of the vocabulary. */
  readonly idfWeights?: readonly number[] | undefined;
  /** Whether the layer gives the integers of indices. */
  readonly invert?: boolean | undefined;
  /** "int" by default. */
  readonly outputMode?: LookupMode | undefined;
  /** How unknown integers share their indices: x mod numOovIndices (the default), or by their hash. */
  readonly oovMethod?: "floormod" | "farmhash" | undefined;
  /** Of oovMethod "farmhash": two numbers, or one for both: another hash for each. */
  readonly salt?: number | readonly [number, number] | null | undefined;
  /** Whether rows have maxTokens columns, however many there are integers. */
  readonly padToMaxTokens?: boolean | undefined;
}

/**
 * The index of each integer: mask, unknown ones, then the vocabulary in its order. Cost: log2 of the
 * vocabulary's size comparisons for each integer.
 * @source Keras 3.15, layers.IntegerLookup, whose errors for unknown integers with numOovIndices 0 need eager values
 * @example
 * const layer = layers.integerLookup({ vocabulary: [12, 36, 1138] });
 */
export function integerLookup(options: IntegerLookupOptions): Layer {
  const kind = "integerLookup";
  const rule = lookupRule(kind, options);
  const { idfWeights, vocabulary } = options;
  if (!Array.isArray(vocabulary)) {
    throw new SinterError("option", `${kind}: vocabulary is missing. Write ${kind}(await vocabularyOf(data)).`);
  }
  vocabulary.forEach((token) => integer(kind, "vocabulary", token, leastInteger));
  const placed = placeVocabulary(kind, rule, vocabulary, idfWeights);
  const { outputMode, invert } = rule;
  const mode = outputMode === "tfIdf" ? "count" : outputMode;
  const { oovMethod, salt } = checkOov(kind, options);
  const bucketOf = (x: Tensor): Tensor =>
    oovMethod === "farmhash" ? hashIntegers(x, rule.numOovIndices, salt) : x.mod(rule.numOovIndices);
  const config: { readonly [name: string]: ConfigValue } = {
    ...rule,
    oovMethod,
    salt,
    vocabulary: [...vocabulary],
    idfWeights: idfWeights === undefined ? undefined : [...idfWeights],
  };
  return makeLayer({
    kind,
    className: "IntegerLookup",
    options,
    known: Object.keys(config),
    config: withoutUndefined(config),
    outputTypes: (inputs, label) => [categoryType(single(inputs, label), mode, placed.depth, label)],
    call: (_weights, inputs) => {
      const x = single(inputs, kind).cast("i32");
      if (invert) return { outputs: [integersOf(x, placed, rule)] };
      const indices = indicesOf(x, placed, rule, bucketOf);
      if (mode === "int") return { outputs: [indices] };
      const rows = encodeIndices(indices, mode, placed.depth);
      const weights = placed.idfWeights;
      return { outputs: [weights === undefined ? rows : rows.mul(tensor(Float32Array.from(weights)))] };
    },
  });
}

const leastInteger = -(2 ** 31);

type Oov = { readonly oovMethod: "floormod" | "farmhash"; readonly salt: readonly [number, number] | undefined };

function checkOov(kind: string, options: IntegerLookupOptions): Oov {
  const oovMethod = choice(kind, "oovMethod", options.oovMethod ?? "floormod", ["floormod", "farmhash"]);
  const salt = checkSalt(kind, options.salt);
  if (salt !== undefined && oovMethod !== "farmhash") {
    throw new SinterError("option", `${kind}: salt with oovMethod "${oovMethod}". It is of "farmhash".`, { oovMethod });
  }
  return { oovMethod, salt };
}

function lookupRule(kind: string, options: IntegerLookupOptions): VocabularyRule<number> {
  const { maxTokens = null, maskToken = null, oovToken = -1, invert = false, padToMaxTokens = false } = options;
  const outputMode = choice(kind, "outputMode", options.outputMode ?? "int", lookupModes);
  if (invert && outputMode !== "int") {
    throw new SinterError("option", `${kind}: invert with outputMode "${outputMode}". Use "int".`, { outputMode });
  }
  if (padToMaxTokens && maxTokens === null) {
    throw new SinterError("option", `${kind}: padToMaxTokens without maxTokens. Give both.`);
  }
  options.idfWeights?.forEach((weight) => numberWithin(kind, "idfWeights", weight));
  return {
    maxTokens: maxTokens === null ? null : integer(kind, "maxTokens", maxTokens, 2),
    numOovIndices: integer(kind, "numOovIndices", options.numOovIndices ?? 1, 0),
    maskToken: maskToken === null ? null : integer(kind, "maskToken", maskToken, leastInteger),
    oovToken: integer(kind, "oovToken", oovToken, leastInteger),
    outputMode,
    padToMaxTokens,
    invert,
  };
}

/** i32 indices of i32 integers; -1 for what counts nowhere. */
function indicesOf(
  x: Tensor,
  { tokens, oovStart, tokenStart }: Vocabulary<number>,
  rule: VocabularyRule<number>,
  bucketOf: (x: Tensor) => Tensor,
): Tensor {
  const { numOovIndices, maskToken, outputMode } = rule;
  const order = tokens.map((token, index) => ({ token, index })).toSorted((left, right) => left.token - right.token);
  const sorted = tensor(Int32Array.from(order, ({ token }) => token));
  const index = tensor(Int32Array.from(order, (one) => one.index + tokenStart));
  const place = placeBelow(sorted, tokens.length, x);
  const unknown = numOovIndices === 0 ? -1 : numOovIndices === 1 ? oovStart : bucketOf(x).add(oovStart);
  const found = where(sorted.take(place).equal(x), index.take(place), unknown);
  return maskToken === null ? found : where(x.equal(maskToken), outputMode === "int" ? 0 : -1, found).cast("i32");
}

/** Place of the last sorted value that is not above x, 0 where there is none: by halving, a gather a step. */
function placeBelow(sorted: Tensor, count: number, x: Tensor): Tensor {
  let place = x.mul(0);
  for (let step = 2 ** Math.floor(Math.log2(count)); step >= 1; step /= 2) {
    const next = place.add(step);
    const isReached = next.less(count).and(sorted.take(next).lessEqual(x));
    place = keep(where(isReached, next, place));
  }
  return place;
}

function integersOf(x: Tensor, { tokens, tokenStart }: Vocabulary<number>, rule: VocabularyRule<number>): Tensor {
  const { maskToken, oovToken } = rule;
  const place = x.sub(tokenStart);
  const isKnown = place.greaterEqual(0).and(place.less(tokens.length));
  const found = where(isKnown, tensor(Int32Array.from(tokens)).take(place), oovToken);
  return maskToken === null ? found : where(x.equal(0), maskToken, found);
}
