// How the next token is chosen from logits. Pure functions over one row of logits; -Infinity rules a token out.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { drawUniform } from "#learning/data/order.ts";

/** A score for each token. */
export type Logits = ArrayLike<number>;

/**
 * The token with the highest logit, the first of equal ones.
 * @throws value where no logit is a number above -Infinity
 */
export function greedy(logits: Logits): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token += 1) {
    const logit = logits[token] ?? Number.NaN;
    if (logit > highest) [best, highest] = [token, logit];
  }
  if (best >= 0) return best;
  throw new SinterError("value", `sampling: none of ${logits.length} logits is a number. Look for NaN in the model.`);
}

/** logits / value: below 1 the likely becomes likelier. @param value above 0 */
export function temperature(logits: Logits, value: number): Float32Array<ArrayBuffer> {
  if (!(value > 0)) throw wrongNumber("temperature", value, "a number above 0, or use greedy");
  return Float32Array.from(logits, (logit) => logit / value);
}

/** The k highest logits, and those equal to the last of them. @param k at least 1 */
export function topK(logits: Logits, k: number): Float32Array<ArrayBuffer> {
  integer("sampling", "topK", k);
  const sorted = Float64Array.from(logits).sort();
  const lowest = sorted[Math.max(0, sorted.length - k)] ?? 0;
  return keep(logits, (logit) => logit >= lowest);
}

/**
 * The nucleus: the fewest most likely tokens whose probabilities sum to at least p; always one.
 * @param p above 0, at most 1
 * @source Holtzman et al., The curious case of neural text degeneration (2020), section 3.1
 */
export function topP(logits: Logits, p: number): Float32Array<ArrayBuffer> {
  if (!(p > 0 && p <= 1)) throw wrongNumber("topP", p, "a number above 0 and up to 1");
  const probabilities = softmax(logits);
  // Numbers sort by themselves ten times faster than tokens by their numbers do.
  const sorted = probabilities.toSorted();
  let sum = 0;
  let least = 1;
  let numLeast = 0;
  for (let place = sorted.length - 1; place >= 0 && (sum < p || numLeast === 0); place -= 1) {
    const probability = sorted[place] ?? 0;
    numLeast = probability === least ? numLeast + 1 : 1;
    least = probability;
    sum += probability;
  }
  return keep(logits, (_, token) => {
    const probability = probabilities[token] ?? 0;
    if (probability !== least) return probability > least;
    numLeast -= 1;
    return numLeast >= 0;
  });
}

/**
 * Tokens at least p times as likely as the likeliest.
 * @param p 0 to 1
 * @source Nguyen et al., Turning up the heat: min-p sampling (2024), section 3
 */
export function minP(logits: Logits, p: number): Float32Array<ArrayBuffer> {
  numberWithin("sampling", "minP", p, 0, 1);
  const highest = logits[greedy(logits)] ?? 0;
  return keep(logits, (logit) => Math.exp(logit - highest) >= p);
}

/**
 * Makes tokens that came before less likely: a positive logit is divided by the penalty, a negative one multiplied.
 * @param penalty above 1 discourages, below 1 encourages
 * @source Keskar et al., CTRL (2019), section 4.1; the sign as in Hugging Face transformers
 */
export function repetitionPenalty(logits: Logits, ids: ArrayLike<number>, penalty: number): Float32Array<ArrayBuffer> {
  if (!(penalty > 0)) throw wrongNumber("repetitionPenalty", penalty, "a number above 0");
  const changed = Float32Array.from(logits);
  for (const id of new Set(Array.from(ids))) {
    const logit = logits[id];
    if (logit !== undefined) changed[id] = logit < 0 ? logit * penalty : logit / penalty;
  }
  return changed;
}

/**
 * The token at a place of the distribution softmax(logits): the first whose cumulative probability is above `uniform`.
 * @param uniform from 0 up to, not including, 1
 */
export function draw(logits: Logits, uniform: number): number {
  const probabilities = softmax(logits);
  let left = uniform;
  let last = -1;
  for (const [token, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    left -= probability;
    last = token;
    if (left < 0) break;
  }
  return last;
}

export interface SampleOptions {
  /** Default 1; 0 is greedy. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  /** Default 0. */
  readonly seed?: number;
}

export const sampleOptionNames: readonly (keyof SampleOptions)[] = [
  "temperature",
  "topK",
  "topP",
  "minP",
  "repetitionPenalty",
  "seed",
];

/** @throws option for a value that none may have: known before the first token is made */
export function checkSampleOptions(options: SampleOptions): void {
  checkOptions("sampling", options, sampleOptionNames);
  const { temperature: heat = 1, topK: k = 1, topP: p = 1, minP: share = 0, repetitionPenalty: penalty = 1 } = options;
  if (!(heat >= 0 && heat < Infinity)) throw wrongNumber("temperature", heat, "0, which is greedy, or a number above");
  if (!(p > 0 && p <= 1)) throw wrongNumber("topP", p, "a number above 0 and up to 1");
  if (!(penalty > 0)) throw wrongNumber("repetitionPenalty", penalty, "a number above 0");
  integer("sampling", "topK", k);
  numberWithin("sampling", "minP", share, 0, 1);
  integer("sampling", "seed", options.seed ?? 0, 0);
}

/**
 * The next token: repetition penalty, temperature, top-k, top-p, min-p in that order, then a draw. The draw is a pure
 * function of the seed and the number of tokens that came before.
 * @param ids the tokens so far
 * @example
 * const next = sampling.choose(logits, ids, { temperature: 0.8, topP: 0.95, seed: 1 });
 */
export function choose(logits: Logits, ids: ArrayLike<number>, options: SampleOptions = {}): number {
  checkOptions("sampling", options, sampleOptionNames);
  const { temperature: heat = 1, seed = 0 } = options;
  let scores = logits;
  if (options.repetitionPenalty !== undefined) scores = repetitionPenalty(scores, ids, options.repetitionPenalty);
  if (heat === 0) return greedy(scores);
  scores = temperature(scores, heat);
  if (options.topK !== undefined) scores = topK(scores, options.topK);
  if (options.topP !== undefined) scores = topP(scores, options.topP);
  if (options.minP !== undefined) scores = minP(scores, options.minP);
  const [uniform] = drawUniform(seed, "sample", 0, ids.length);
  return draw(scores, uniform);
}

/** exp(x) / sum(exp(x)), in float64. @throws value as `greedy` */
export function softmax(logits: Logits): Float64Array<ArrayBuffer> {
  const highest = logits[greedy(logits)] ?? 0;
  const powers = Float64Array.from(logits, (logit) => {
    const power = Math.exp(logit - highest);
    return Number.isNaN(power) ? 0 : power;
  });
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function keep(logits: Logits, isKept: (logit: number, token: number) => boolean): Float32Array<ArrayBuffer> {
  return Float32Array.from(logits, (logit, token) => (isKept(logit, token) ? logit : Number.NEGATIVE_INFINITY));
}

function wrongNumber(option: string, value: number, expected: string): SinterError {
  return new SinterError("option", `sampling: ${option} is ${value}. Give ${expected}.`, { option, value });
}
