// The logits of what comes next, of a model that is a decoder: keys and values of the places before stay on the device, so
// that a new token costs one pass of one place. What to do with the logits is not its concern.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { concat } from "#engine/tensor/math.ts";
import { tensor, zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { NextLogits } from "#learning/data/text/generate.ts";
import type { Logits } from "#learning/data/text/sampling.ts";
import { cachedNetwork, cacheExtents } from "#learning/nn/cached-network.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type Network } from "#learning/nn/network.ts";
import type { Model } from "./model.ts";
import { allWeights } from "./model-core.ts";

export interface NextLogitsOptions {
  /** Tokens that a sequence may have; by default what the model's table of positions, else its input, holds. */
  readonly contextLength?: number;
}

/** Numbers of places that are read at once: the rest of a text is filled up to the next of them. */
const chunks = [1, 16, 128];
/** Places of the smallest cache; each next is four times as long. */
const leastLength = 256;

/** Weights that are packed once for all steps of one place: beyond, a device would not keep what was packed. */
const mostPrepared = 200_000_000;

type Step = (
  weights: Weights,
  ids: Tensor,
  places: { readonly position: Tensor; readonly last: Tensor },
  caches: readonly Tensor[],
) => { readonly logits: Tensor; readonly caches: readonly Tensor[] };

/**
 * What `generateTokens` and `beamSearch` ask of a model: for each sequence the logits of its next token. The keys and values
 * of the last sequence are kept, so that one which goes on from it is not read again; another one is read from where it differs.
 * @param model of whole numbers [time] to logits (or a softmax) [time, words], such as `gpt2` and `llama` make
 * @throws option for a model of other layers than a decoder's; the function then: shape for a sequence of no tokens, or of more
 * than the context
 * @source Pope et al. 2022, Efficiently scaling Transformer inference
 * @example
 * const step = nextLogits(gpt2({ vocabSize: 100, contextLength: 64, hiddenSize: 16, numLayers: 1, numHeads: 2 }));
 * for await (const id of generateTokens(step, [1, 2, 3], { maxNewTokens: 10 })) console.log(id);
 */
export function nextLogits(model: Model, options: NextLogitsOptions = {}): NextLogits {
  checkOptions("nextLogits", options, ["contextLength"]);
  const writer = new Writer(model, options.contextLength);
  // One after another: they share the cache.
  let before: Promise<unknown> = Promise.resolve();
  return async (sequences) => {
    const rows = before.then(async () => {
      const found: Logits[] = [];
      // oxlint-disable-next-line no-await-in-loop -- each goes on from the cache of the one before
      for (const ids of sequences) found.push(await writer.next(ids));
      return found;
    });
    before = rows.catch(() => undefined);
    return await rows;
  };
}

/** Tokens that a sequence of a decoder may have. */
export function contextLengthOf({ network }: Model): number {
  const said = network.layers.flatMap(({ layer: { config } }) => {
    const { sequenceLength, contextLength } = config.options;
    const length = config.kind === "positionEmbedding" ? sequenceLength : contextLength;
    return typeof length === "number" ? [length] : [];
  });
  return said.length === 0 ? (network.input.shape[0] ?? 0) : Math.min(...said);
}

/** A sequence that is written on. */
class Writer {
  readonly #model: Model;
  readonly #contextLength: number;
  readonly #steps = new Map<string, Step>();
  /** What the caches hold. */
  #ids: number[] = [];
  #caches: readonly Tensor[] = [];
  #length = 0;

  constructor(model: Model, contextLength = contextLengthOf(model)) {
    this.#model = model;
    this.#contextLength = integer("nextLogits", "contextLength", contextLength);
    cacheExtents(model.network);
  }

  async next(ids: Int32Array): Promise<Logits> {
    if (ids.length === 0 || ids.length > this.#contextLength) {
      throw new SinterError(
        "shape",
        `nextLogits: a sequence of ${ids.length} tokens. Give 1 to ${this.#contextLength}, which is the model's context.`,
        { length: ids.length, contextLength: this.#contextLength },
      );
    }
    this.#makeRoom(ids.length);
    let known = 0;
    while (known < ids.length - 1 && ids[known] === this.#ids[known]) known += 1;
    this.#ids.length = known;
    let logits: Tensor | undefined;
    while (this.#ids.length < ids.length) logits = this.#read(ids);
    return await (logits ?? zeros([0])).data();
  }

  /** Reads the next chunk of a sequence into the caches. @returns logits behind its last place */
  #read(ids: Int32Array): Tensor {
    const position = this.#ids.length;
    const left = ids.length - position;
    const numNext = Math.min(chunks.find((count) => count >= left) ?? chunks.at(-1) ?? 1, this.#length);
    const next = ids.subarray(position, position + numNext);
    const filled = new Int32Array(numNext);
    filled.set(next);
    const step = this.#stepOf(numNext);
    const number = (value: number): Tensor => tensor(Int32Array.of(value));
    const places = { position: number(position), last: number(next.length - 1) };
    const weights = allWeights(this.#model.core);
    const { logits, caches } = step(weights, tensor(filled, { shape: [1, numNext] }), places, this.#caches);
    this.#caches = caches;
    this.#ids.push(...next);
    return logits;
  }

  /** Caches with room for so many places. */
  #makeRoom(numPlaces: number): void {
    if (numPlaces <= this.#length) return;
    let length = leastLength;
    while (length < numPlaces) length *= 4;
    const before = this.#length;
    this.#length = Math.min(length, this.#contextLength);
    const more = this.#length - before;
    this.#caches = cacheExtents(this.#model.network).flatMap(([heads, dim], place) =>
      [0, 1].map((part) => {
        const room = zeros([1, heads, 1, more, dim]);
        const held = this.#caches[2 * place + part];
        return held === undefined ? room : concat([held, room], 3);
      }),
    );
  }

  #stepOf(numNext: number): Step {
    const key = `${numNext} ${this.#length}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const { network } = this.#model;
    const numWeights = network.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const sizes = { numNext, length: this.#length };
    const step = makeStep(cachedNetwork(network, sizes), numNext === 1 && numWeights <= mostPrepared);
    this.#steps.set(key, step);
    return step;
  }
}

function makeStep(network: Network, isPrepared: boolean): Step {
  return jit<Parameters<Step>, ReturnType<Step>>(
    (weights, ids, { position, last }, caches) => {
      const { outputs, logits } = applyNetwork(network, weights, [ids, position, last, ...caches], { training: false });
      const [output = ids, ...grown] = outputs;
      return { logits: (logits[0]?.values ?? output).reshape([-1]), caches: grown };
    },
    { donate: [3], ...(isPrepared ? { constant: [0] } : {}) },
  );
}
