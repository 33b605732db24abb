// The batches of training, one after another without end. Owns the place in the data, no step and no weight.

import { SinterError } from "#engine/base/error.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";

export interface TrainingFeedOptions {
  /** Overrides the data set's own choice. */
  readonly shuffle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A place in the epochs of a data set. */
export interface DataPlace {
  readonly epoch: number;
  readonly step: number;
}

/** Batches without end: after the data set's last comes the first of its next epoch's order. */
export class TrainingFeed {
  readonly #dataset: Dataset;
  readonly #options: TrainingFeedOptions;
  #epoch: number;
  /** Of the next batch. */
  #step: number;
  #batches: AsyncIterator<Batch> | undefined;

  /** @param place of the first batch */
  constructor(dataset: Dataset, options: TrainingFeedOptions, place: DataPlace) {
    this.#dataset = dataset;
    this.#options = options;
    this.#epoch = place.epoch;
    this.#step = place.step;
  }

  /** Where the next batch lies: another feed goes on from there. */
  get place(): DataPlace {
    return { epoch: this.#epoch, step: this.#step };
  }

  /** The next batch and the epoch of the data that it belongs to. */
  async next(): Promise<{ readonly batch: Batch; readonly epoch: number }> {
    for (let numEmpty = 0; numEmpty < 2;) {
      this.#batches ??= this.#open();
      const { value, done } = await this.#batches.next();
      if (done !== true) {
        // A batch of which no sample could be read is left out, so that counting them would not do.
        this.#step = (value.step ?? this.#step) + 1;
        return { batch: value, epoch: this.#epoch };
      }
      numEmpty += 1;
      this.#batches = undefined;
      this.#epoch += 1;
      this.#step = 0;
    }
    throw new SinterError("data", "fit: no batch could be read. See dataset.broken.");
  }

  #open(): AsyncIterator<Batch> {
    const { shuffle, signal } = this.#options;
    const batches = this.#dataset.batches(this.#epoch, {
      startStep: this.#step,
      isTraining: true,
      ...(shuffle === undefined ? {} : { shuffle }),
      ...(signal === undefined ? {} : { signal }),
    });
    return batches[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#batches?.return?.();
  }
}
