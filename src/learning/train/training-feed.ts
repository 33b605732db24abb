// The batches of training, one after another without end. Owns the place in the data, no step and no weight.

import { SinterError } from "#engine/base/error.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";

export interface TrainingFeedOptions {
  /** Overrides the data set's own choice. */
  readonly shuffle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Batches without end: after the data set's last comes the first of its next epoch's order. */
export class TrainingFeed {
  readonly #dataset: Dataset;
  readonly #options: TrainingFeedOptions;
  #epoch: number;
  #startStep: number;
  #batches: AsyncIterator<Batch> | undefined;

  /** @param startStep batches to leave out, counted over all epochs of the data */
  constructor(dataset: Dataset, options: TrainingFeedOptions, startStep: number) {
    this.#dataset = dataset;
    this.#options = options;
    this.#epoch = Math.floor(startStep / dataset.numBatches);
    this.#startStep = startStep % dataset.numBatches;
  }

  /** The next batch and the epoch of the data that it belongs to. */
  async next(): Promise<{ readonly batch: Batch; readonly epoch: number }> {
    for (let numEmpty = 0; numEmpty < 2;) {
      this.#batches ??= this.#open();
      const { value, done } = await this.#batches.next();
      if (done !== true) return { batch: value, epoch: this.#epoch };
      numEmpty += 1;
      this.#batches = undefined;
      this.#epoch += 1;
      this.#startStep = 0;
    }
    throw new SinterError("data", "fit: no batch could be read. See dataset.broken.");
  }

  #open(): AsyncIterator<Batch> {
    const { shuffle, signal } = this.#options;
    const batches = this.#dataset.batches(this.#epoch, {
      startStep: this.#startStep,
      ...(shuffle === undefined ? {} : { shuffle }),
      ...(signal === undefined ? {} : { signal }),
    });
    return batches[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#batches?.return?.();
  }
}
