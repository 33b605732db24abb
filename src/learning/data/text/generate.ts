// Sequences from a function that gives the logits of the next token: one drawn after another, or the best by beam search.
// Knows no model.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { choose, type Logits, type SampleOptions, sampleOptionNames, softmax } from "#learning/data/text/sampling.ts";

/** For each sequence of tokens, the logits of the token that comes next. */
export type NextLogits = (sequences: readonly Int32Array[]) => readonly Logits[] | Promise<readonly Logits[]>;

export interface GenerateOptions extends SampleOptions {
  /** Tokens to make at most. */
  readonly maxNewTokens: number;
  /** Ends a sequence, or several that do; it is part of the result. */
  readonly endId?: number | readonly number[];
  readonly signal?: AbortSignal;
}

/**
 * New tokens, one after another, each as soon as it is chosen.
 * @param start the tokens to go on from
 * @throws aborted when the signal fires; option
 * @example
 * for await (const id of generateTokens(step, ids.data, { maxNewTokens: 50, topP: 0.9, seed: 1 })) write(words.decode([id]));
 */
export async function* generateTokens(
  step: NextLogits,
  start: ArrayLike<number>,
  options: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  const { maxNewTokens, endId, signal, ...sample } = options;
  checkOptions("generateTokens", sample, sampleOptionNames);
  integer("generateTokens", "maxNewTokens", maxNewTokens, 0);
  const ids = Array.from(start);
  const endIds = [endId ?? []].flat();
  for (let made = 0; made < maxNewTokens; made += 1) {
    checkAborted(signal, "generateTokens");
    const [logits] = await step([Int32Array.from(ids)]);
    const next = choose(logits ?? [], ids, sample);
    ids.push(next);
    yield next;
    if (endIds.includes(next)) return;
  }
}

export interface BeamSearchOptions {
  /** Sequences that are followed at once; 1 is greedy. */
  readonly numBeams: number;
  /** Tokens to make at most. */
  readonly maxNewTokens: number;
  /** Ends a sequence; it is part of the result. */
  readonly endId?: number;
  /** A finished sequence's score is its log-probability / (new tokens) ^ lengthPenalty. Default 1. */
  readonly lengthPenalty?: number;
  /** Ends as soon as numBeams sequences have ended, though others might still do better. Default false. */
  readonly earlyStopping?: boolean;
  readonly signal?: AbortSignal;
}

/** A sequence that a beam search found. */
export interface BeamResult {
  /** The start and the new tokens. */
  readonly ids: Int32Array;
  readonly score: number;
}

interface Beam {
  readonly ids: readonly number[];
  /** Sum of the log-probabilities of the new tokens. */
  readonly sum: number;
}

/**
 * The numBeams best sequences found, best first.
 * @param start the tokens to go on from
 * @throws aborted when the signal fires; option
 * @source Hugging Face transformers 4.x, BeamSearchScorer
 * @example
 * const [best] = await beamSearch(step, ids.data, { numBeams: 4, maxNewTokens: 20, endId: 0 });
 */
export async function beamSearch(
  step: NextLogits,
  start: ArrayLike<number>,
  options: BeamSearchOptions,
): Promise<BeamResult[]> {
  const { numBeams, maxNewTokens, endId, lengthPenalty, earlyStopping } = checkBeamOptions(options);
  const scoreOf = (sum: number, numNew: number): number => sum / Math.max(numNew, 1) ** lengthPenalty;
  const finished: { readonly ids: readonly number[]; readonly score: number }[] = [];
  let beams: Beam[] = [{ ids: Array.from(start), sum: 0 }];
  for (let made = 1; made <= maxNewTokens && beams.length > 0; made += 1) {
    checkAborted(options.signal, "beamSearch");
    const rows = await step(beams.map(({ ids }) => Int32Array.from(ids)));
    const { live, ended } = extend(beams, rows, { numBeams, endId });
    finished.push(...ended.map(({ ids, sum }) => ({ ids, score: scoreOf(sum, made) })));
    finished.sort((a, b) => b.score - a.score);
    finished.length = Math.min(finished.length, numBeams);
    beams = live;
    const [best] = beams;
    const worst = finished[numBeams - 1];
    if (worst === undefined || best === undefined) continue;
    if (earlyStopping || scoreOf(best.sum, made) <= worst.score) return finished.map(result);
  }
  finished.push(...beams.map(({ ids, sum }) => ({ ids, score: scoreOf(sum, maxNewTokens) })));
  return finished
    .toSorted((a, b) => b.score - a.score)
    .slice(0, numBeams)
    .map(result);
}

function result({ ids, score }: { readonly ids: readonly number[]; readonly score: number }): BeamResult {
  return { ids: Int32Array.from(ids), score };
}

function checkBeamOptions(options: BeamSearchOptions): {
  readonly numBeams: number;
  readonly maxNewTokens: number;
  readonly endId: number | undefined;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean;
} {
  const where = "beamSearch";
  const known = ["numBeams", "maxNewTokens", "endId", "lengthPenalty", "earlyStopping", "signal"];
  checkOptions(where, options, known);
  return {
    numBeams: integer(where, "numBeams", options.numBeams),
    maxNewTokens: integer(where, "maxNewTokens", options.maxNewTokens, 0),
    endId: options.endId,
    lengthPenalty: numberWithin(where, "lengthPenalty", options.lengthPenalty ?? 1),
    earlyStopping: options.earlyStopping ?? false,
  };
}

interface Candidate {
  readonly beam: Beam;
  readonly token: number;
  readonly sum: number;
}

/** The best continuations of all beams: `numBeams` that go on, and those among the first `numBeams` that end. */
function extend(
  beams: readonly Beam[],
  rows: readonly Logits[],
  { numBeams, endId }: { readonly numBeams: number; readonly endId: number | undefined },
): { readonly live: Beam[]; readonly ended: Beam[] } {
  const candidates = beams.flatMap((beam, number) => bestTokens(beam, rows[number] ?? [], 2 * numBeams));
  const best = candidates.toSorted((a, b) => b.sum - a.sum).slice(0, 2 * numBeams);
  const live: Beam[] = [];
  const ended: Beam[] = [];
  best.forEach(({ beam, token, sum }, rank) => {
    const next = { ids: [...beam.ids, token], sum };
    if (token === endId) {
      if (rank < numBeams) ended.push(next);
    } else if (live.length < numBeams) live.push(next);
  });
  return { live, ended };
}

function bestTokens(beam: Beam, logits: Logits, count: number): Candidate[] {
  const all = Array.from(softmax(logits), (probability, token) => ({
    beam,
    token,
    sum: beam.sum + Math.log(probability),
  }));
  return all
    .filter(({ sum }) => sum > Number.NEGATIVE_INFINITY)
    .toSorted((a, b) => b.sum - a.sum)
    .slice(0, count);
}

function checkAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted === true) throw new SinterError("aborted", `${name}: was aborted.`, {}, signal.reason);
}
