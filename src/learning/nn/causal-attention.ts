// Attention of a decoder's heads, between projections that are layers of their own: over a whole sequence when it learns, or
// place after place over a cache of earlier keys and values when it writes.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { cachedAttention } from "#engine/tensor/cached-attention.ts";
import { arange, tensor } from "#engine/tensor/create.ts";
import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { attend } from "./attend.ts";
import { withoutUndefined } from "./dense.ts";
import { makeLayer, type CallContext, type Layer, type LayerOptions, type SampleType } from "./layer.ts";

export interface CausalAttentionOptions extends LayerOptions {
  /** Heads of queries. */
  readonly numHeads: number;
  /** Heads of keys and values, a divisor of numHeads; as many by default. Each serves numHeads / numKeyValueHeads heads. */
  readonly numKeyValueHeads?: number | undefined;
  /**
   * Rotary positions: how far each pair of features (i, i + dim / 2) of queries and keys turns from place to place, in
   * radians, dim / 2 numbers. Without it nothing turns.
   */
  readonly rotaryFrequencies?: readonly number[] | undefined;
  /** Places that it was made for: a longer sequence is refused. Any number by default. */
  readonly contextLength?: number | undefined;
  /** Share of the attention weights that become 0 when training. */
  readonly dropout?: number;
}

interface Config {
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly rotaryFrequencies: readonly number[] | undefined;
  readonly contextLength: number | undefined;
  readonly dropout: number;
}

/**
 * softmax(query · keyᵀ / √dim) · value in each head, where a place sees itself and what came before. It has no weights.
 * Applied to [query, key, value], [batch, time, heads · dim] each, or to one value that holds the three side by side.
 * With [position, keys, values] behind them it goes on where a sequence ended: an i32 number for each sample (the same for all)
 * and a cache of two [numKeyValueHeads, 1, length, dim]; it then also gives the cache with the new places in it.
 * @throws option for heads that do not fit; shape for features that do not divide into heads
 * @source Radford et al. 2019 (GPT-2); Su et al. 2021 (RoFormer); Ainslie et al. 2023 (GQA); transformers' order of pairs
 * @example
 * const qkv = layers.dense({ units: 3 * 64 }).apply(x); // [batch, time, 192]
 * const y = layers.causalAttention({ numHeads: 4 }).apply(qkv); // [batch, time, 64]
 */
export function causalAttention(options: CausalAttentionOptions): Layer {
  const kind = "causalAttention";
  const config = checkConfig(kind, options);
  return makeLayer({
    kind,
    className: "CausalAttention",
    options,
    known: ["numHeads", "numKeyValueHeads", "rotaryFrequencies", "contextLength", "dropout"],
    config: withoutUndefined({ ...config }),
    passesMask: true,
    outputTypes: (inputs, label) => {
      const { dim, time, cache } = checkInputs(inputs, config, label);
      const output: SampleType = { shape: [time, config.numHeads * dim], dtype: "f32" };
      return cache.length === 0 ? [output] : [output, ...cache];
    },
    call: (_weights, inputs, context) => ({ outputs: called(inputs, config, context) }),
  });
}

function checkConfig(kind: string, options: CausalAttentionOptions): Config {
  const numHeads = integer(kind, "numHeads", options.numHeads);
  const numKeyValueHeads = integer(kind, "numKeyValueHeads", options.numKeyValueHeads ?? numHeads);
  if (numHeads % numKeyValueHeads !== 0) {
    throw new SinterError(
      "option",
      `${kind}: ${numKeyValueHeads} heads of keys for ${numHeads} heads of queries. Make numKeyValueHeads a divisor.`,
      { numHeads, numKeyValueHeads },
    );
  }
  const { rotaryFrequencies, contextLength, dropout = 0 } = options;
  rotaryFrequencies?.forEach((one) => numberWithin(kind, "rotaryFrequencies", one));
  if (contextLength !== undefined) integer(kind, "contextLength", contextLength);
  numberWithin(kind, "dropout", dropout, 0, 1);
  return { numHeads, numKeyValueHeads, rotaryFrequencies, contextLength, dropout };
}

/** How many of the inputs are query, key and value: what follows is position and cache. */
function numProjections(inputs: readonly unknown[]): number {
  return inputs.length === 1 || inputs.length === 4 ? 1 : 3;
}

function checkInputs(
  inputs: readonly SampleType[],
  { numHeads, numKeyValueHeads, rotaryFrequencies, contextLength = Number.POSITIVE_INFINITY }: Config,
  label: string,
): { readonly dim: number; readonly time: number; readonly cache: readonly SampleType[] } {
  const count = numProjections(inputs);
  const projections = inputs.slice(0, count);
  const cache = inputs.slice(count + 1);
  const [time = 0, features = 0] = projections[0]?.shape ?? [];
  const dim = features / (count === 1 ? numHeads + 2 * numKeyValueHeads : numHeads);
  const widths = count === 1 ? [features] : [features, dim * numKeyValueHeads, dim * numKeyValueHeads];
  const doFit = projections.every(({ shape }, place) => shapeText(shape) === shapeText([time, widths[place] ?? 0]));
  const isCacheRight = cache.every(
    ({ shape }) => shape.length === 4 && shape[0] === numKeyValueHeads && shape[1] === 1 && shape[3] === dim,
  );
  const isCountRight = inputs.length === count || inputs.length === count + 3;
  if (!isCountRight || !Number.isInteger(dim) || !doFit || !isCacheRight) {
    throw new SinterError(
      "shape",
      `${label}: ${inputs.map(({ shape }) => shapeText(shape)).join(", ")} came. Give query, key and value [time, heads · dim] ` +
        `of ${numHeads}, ${numKeyValueHeads} and ${numKeyValueHeads} heads, side by side in one or as three values.`,
      { shapes: inputs.map(({ shape }) => shape) },
    );
  }
  if (rotaryFrequencies !== undefined && rotaryFrequencies.length * 2 !== dim) {
    throw new SinterError(
      "shape",
      `${label}: ${rotaryFrequencies.length} rotaryFrequencies for heads of ${dim} features. Give one for each two.`,
      { dim },
    );
  }
  if (time <= contextLength) return { dim, time, cache };
  throw new SinterError("shape", `${label}: ${time} places come, but contextLength is ${contextLength}. Give fewer.`, {
    time,
    contextLength,
  });
}

function called(inputs: readonly Tensor[], config: Config, context: CallContext): Tensor[] {
  const { numHeads, rotaryFrequencies, dropout } = config;
  const count = numProjections(inputs);
  const [position, keys, values] = inputs.slice(count);
  const first = position?.reshape([-1]).slice([0], [1]); // [1]
  const turn = (x: Tensor): Tensor => (rotaryFrequencies === undefined ? x : turned(x, rotaryFrequencies, first));
  const [q, k, v] = inHeads(inputs.slice(0, count), config); // [batch, groups, heads of a group, time, dim]
  const [query, key] = [turn(q), turn(k)];
  const [batch = 0, , , time = 0, dim = 1] = query.shape;
  const back = (x: Tensor): Tensor =>
    x
      .reshape([batch, numHeads, time, dim])
      .transpose([0, 2, 1, 3])
      .reshape([batch, time, numHeads * dim]);
  if (first === undefined || keys === undefined || values === undefined) {
    const visible = { mask: context.mask && seen(context.mask), causal: true };
    const whole = { query, key, value: v, visible, queryMask: undefined, scale: 1 / Math.sqrt(dim) };
    const settings = { dropout, seed: undefined, useCausalMask: true, returnAttentionScores: false };
    return [back(attend(whole, settings, context).output)];
  }
  // Kept in this very shape, the caches are written in place: a reshape between would copy them.
  const { output, cache } = cachedAttention({ keys, values }, { query, key, value: v, position: first });
  return [back(output), cache.keys, cache.values];
}

/** Which keys count: [batch, time] as [batch, 1, 1, 1, time]. */
function seen(mask: Tensor): Tensor {
  const [batch = 0, time = 0] = mask.shape;
  return mask.reshape([batch, 1, 1, 1, time]);
}

/** Query, key and value as [batch, groups, heads of a group, time, dim]. */
function inHeads(projections: readonly Tensor[], { numHeads, numKeyValueHeads }: Config): [Tensor, Tensor, Tensor] {
  const [x, key, value] = projections;
  if (x === undefined) throw new SinterError("shape", "causalAttention: no inputs came. Give query, key and value.");
  const [batch = 0, time = 0, features = 0] = x.shape;
  const heads = (from: Tensor, start: number, count: number, dim: number): Tensor =>
    from
      .slice([0, 0, start * dim], [batch, time, count * dim])
      .reshape([batch, time, numKeyValueHeads, count / numKeyValueHeads, dim])
      .transpose([0, 2, 3, 1, 4]);
  if (key !== undefined && value !== undefined) {
    const dim = features / numHeads;
    return [heads(x, 0, numHeads, dim), heads(key, 0, numKeyValueHeads, dim), heads(value, 0, numKeyValueHeads, dim)];
  }
  const dim = features / (numHeads + 2 * numKeyValueHeads);
  return [
    heads(x, 0, numHeads, dim),
    heads(x, numHeads, numKeyValueHeads, dim),
    heads(x, numHeads + numKeyValueHeads, numKeyValueHeads, dim),
  ];
}

/** Each pair of features (i, i + dim / 2) of [..., time, dim] turned by place · frequency i. */
function turned(x: Tensor, frequencies: readonly number[], first: Tensor | undefined): Tensor {
  const [time = 0, dim = 0] = x.shape.slice(-2);
  const places = arange(time);
  const angles = (first === undefined ? places : places.add(first))
    .cast("f32")
    .expandDims(1)
    .mul(tensor(Float32Array.from([...frequencies, ...frequencies]))); // [time, dim]
  const half = (start: number): Tensor =>
    x.slice([...x.shape.slice(0, -1).map(() => 0), start], [...x.shape.slice(0, -1), dim / 2]);
  const crossed = concat([half(dim / 2).neg(), half(0)], x.rank - 1);
  return x.mul(angles.cos()).add(crossed.mul(angles.sin()));
}
