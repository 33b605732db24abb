// Sampling against plain restatements of each rule, and beam search against trying every sequence.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beamSearch, generateTokens, type NextLogits } from "./generate.ts";
import { choose, draw, greedy, minP, repetitionPenalty, softmax, temperature, topK, topP } from "./sampling.ts";

const rows = fc
  .array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 12 })
  .map((list) => list.map((value) => value / 64));
const kept = (logits: ArrayLike<number>): number[] =>
  Array.from(logits).flatMap((logit, token) => (logit > Number.NEGATIVE_INFINITY ? [token] : []));

describe("one token", () => {
  test("greedy takes the first of the highest, and refuses rows without numbers", () => {
    expect(greedy([1, 3, 3, 2])).toBe(1);
    expect(greedy([Number.NaN, -5])).toBe(1);
    expect(() => greedy([Number.NaN, Number.NEGATIVE_INFINITY])).toThrow(/none of 2 logits/);
  });

  test("topK keeps what fewer than k others are above", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 14 }), (logits, k) => {
        const expected = logits.flatMap((logit, token) =>
          logits.filter((one) => one > logit).length < k ? [token] : [],
        );
        expect(kept(topK(logits, k))).toEqual(expected);
      }),
    );
  });

  test("topP keeps the shortest beginning of the sorted tokens that reaches p", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), (logits, percent) => {
        const p = percent / 100;
        const probabilities = softmax(logits);
        const chosen = kept(topP(logits, p));
        const sum = chosen.reduce((total, token) => total + probabilities[token]!, 0);
        const least = Math.min(...chosen.map((token) => probabilities[token]!));
        expect(chosen.length).toBeGreaterThan(0);
        expect(sum).toBeGreaterThanOrEqual(p - 1e-9);
        expect(sum - least).toBeLessThan(p);
        const others = logits.flatMap((_, token) => (chosen.includes(token) ? [] : [probabilities[token]!]));
        for (const other of others) expect(other).toBeLessThanOrEqual(least);
      }),
    );
  });

  test("minP keeps what is p times as likely as the likeliest", () => {
    expect(kept(minP([0, Math.log(0.5), Math.log(0.1)], 0.4))).toEqual([0, 1]);
    expect(kept(minP([0, -50], 0))).toEqual([0, 1]);
  });

  test("temperature divides, the repetition penalty moves what came before towards unlikely", () => {
    expect(Array.from(temperature([2, -4], 2))).toEqual([1, -2]);
    expect(Array.from(repetitionPenalty([2, -4, 8], [0, 1, 1, 9], 2))).toEqual([1, -8, 8]);
  });

  test("draw gives each token its share", () => {
    const logits = [Math.log(0.5), Number.NEGATIVE_INFINITY, Math.log(0.25), Math.log(0.25)];
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 1000; index += 1) {
      const token = draw(logits, (index + 0.5) / 1000);
      counts[token] = counts[token]! + 1;
    }
    expect(counts).toEqual([500, 0, 250, 250]);
    expect(draw([0, 0], 1 - 2 ** -32)).toBe(1);
  });

  test("choose repeats with the seed and differs with it and with the place", () => {
    const logits = Array.from({ length: 50 }, () => 0);
    const pick = (seed: number, place: number): number => choose(logits, new Int32Array(place), { seed });
    expect(pick(1, 3)).toBe(pick(1, 3));
    expect(new Set(Array.from({ length: 20 }, (_, place) => pick(1, place))).size).toBeGreaterThan(8);
    expect(new Set(Array.from({ length: 20 }, (_, seed) => pick(seed, 3))).size).toBeGreaterThan(8);
    expect(choose([1, 5, 2], [], { temperature: 0 })).toBe(1);
    expect(choose([1, 5, 2], [], { topK: 1 })).toBe(1);
  });

  test("bad options are refused", () => {
    expect(() => choose([1], [], { temperature: -1 })).toThrow(/temperature is -1/);
    expect(() => choose([1], [], { topP: 0 })).toThrow(/topP is 0/);
    expect(() => choose([1], [], { topK: 0 })).toThrow(/topK is 0/);
    expect(() => choose([1], [], { minP: 2 })).toThrow(/minP is 2/);
    expect(() => choose([1], [], { repetitionPenalty: 0 })).toThrow(/repetitionPenalty is 0/);
    expect(() => choose([1], [], { top_k: 3 } as object)).toThrow(/Write topK/);
  });
});

const numTokens = 4;
/** Logits that depend on the whole sequence. */
function logitsOf(ids: ArrayLike<number>): number[] {
  const sum = Array.from(ids).reduce((hash, id) => (Math.imul(hash, 31) + id + 7) | 0, 17);
  return Array.from({ length: numTokens }, (_, token) => ((Math.imul(sum, token + 3) >>> 8) % 1000) / 250);
}
const step: NextLogits = (sequences) => sequences.map(logitsOf);

/** Every sequence of new tokens that ends with the end token or is of full length, with its score. */
function everySequence(start: readonly number[], length: number, endId: number, penalty: number): [number[], number][] {
  const found: [number[], number][] = [];
  const walk = (ids: readonly number[], sum: number): void => {
    const numNew = ids.length - start.length;
    if (numNew > 0 && (ids.at(-1) === endId || numNew === length)) {
      found.push([[...ids], sum / numNew ** penalty]);
      return;
    }
    softmax(logitsOf(ids)).forEach((probability, token) => walk([...ids, token], sum + Math.log(probability)));
  };
  walk(start, 0);
  return found.toSorted((a, b) => b[1] - a[1]);
}

describe("sequences", () => {
  test.each([0, 0.7, 1])("a beam as wide as all sequences finds the best ones: lengthPenalty %s", async (penalty) => {
    const all = everySequence([2], 3, 0, penalty);
    const options = { numBeams: 64, maxNewTokens: 3, endId: 0, lengthPenalty: penalty };
    const found = await beamSearch(step, [2], options);
    expect(found.slice(0, 10).map(({ ids }) => Array.from(ids))).toEqual(all.slice(0, 10).map(([ids]) => ids));
    found.slice(0, 10).forEach(({ score }, rank) => expect(score).toBeCloseTo(all[rank]![1], 10));
  });

  test("one beam is greedy; several never score worse", async () => {
    const greedyIds: number[] = [3];
    for await (const id of generateTokens(step, [3], { maxNewTokens: 6, temperature: 0 })) greedyIds.push(id);
    const [one] = await beamSearch(step, [3], { numBeams: 1, maxNewTokens: 6 });
    expect(Array.from(one!.ids)).toEqual(greedyIds);
    const [best] = await beamSearch(step, [3], { numBeams: 8, maxNewTokens: 6 });
    expect(best!.score).toBeGreaterThanOrEqual(one!.score);
  });

  test("early stopping ends with as many sequences as beams", async () => {
    const found = await beamSearch(step, [1], { numBeams: 2, maxNewTokens: 30, endId: 1, earlyStopping: true });
    expect(found).toHaveLength(2);
    for (const { ids } of found) expect(ids.at(-1)).toBe(1);
  });

  test("generateTokens ends behind the end token, and on a signal", async () => {
    const always: NextLogits = () => [[0, 9, 0]];
    const made: number[] = [];
    for await (const id of generateTokens(always, [0], { maxNewTokens: 9, endId: 1 })) made.push(id);
    expect(made).toEqual([1]);
    const signal = AbortSignal.abort("enough");
    await expect(generateTokens(always, [0], { maxNewTokens: 1, signal }).next()).rejects.toMatchObject({
      code: "aborted",
    });
    await expect(beamSearch(always, [0], { numBeams: 2, maxNewTokens: 1, signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });
});
