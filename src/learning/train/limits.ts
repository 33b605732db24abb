// The options that make a training smaller: fastDevRun, overfitBatches, limitTrainBatches, limitValidationBatches, maxTime.
// They turn data sets into shorter ones before fit begins; fit itself knows only the time.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Callback } from "./callbacks/callback.ts";
import { viewOf } from "./dataset-view.ts";

/** @source Lightning 2, Trainer: fast_dev_run, overfit_batches, limit_train_batches, limit_val_batches, max_time */
export interface LimitOptions {
  /** One batch (or so many) of training and validation, one epoch, without callbacks that write files: does it run at all? */
  readonly fastDevRun?: boolean | number | undefined;
  /**
   * Trains on the first batches alone, in file order and without augmentation, and validates on the same ones: a model
   * that cannot learn them by heart has a fault. A whole number counts batches, a number below 1 is a share.
   */
  readonly overfitBatches?: number | undefined;
  /** Batches of each epoch, or the share of them below 1; every epoch's shuffle begins anew. */
  readonly limitTrainBatches?: number | undefined;
  /** Batches of each validation, or the share of them below 1; 0 leaves validation out. */
  readonly limitValidationBatches?: number | undefined;
  /**
   * Seconds, "HH:MM:SS" or "DD:HH:MM:SS" of this call: then no further step is begun, and the epoch ends with its
   * validation and its callbacks.
   */
  readonly maxTime?: number | string | undefined;
}

/** Names of the options. */
export const limitOptions = [
  "fastDevRun",
  "overfitBatches",
  "limitTrainBatches",
  "limitValidationBatches",
  "maxTime",
] as const;

/** What the limits act on. */
export interface Limited extends LimitOptions {
  readonly epochs?: number;
  readonly initialEpoch?: number;
  readonly stepsPerEpoch?: number | undefined;
  readonly shuffle?: boolean | undefined;
  readonly validationData?: Dataset | undefined;
  readonly validationSteps?: number | undefined;
  readonly validationFreq?: number;
  readonly callbacks?: readonly Callback[];
}

/**
 * The data set and the options that the limits leave.
 * @throws option for a limit that is no number of batches, no share, or leaves nothing
 */
export function withinLimits<Options extends Limited>(
  dataset: Dataset,
  options: Options,
): { readonly dataset: Dataset; readonly options: Options } {
  const { overfitBatches, limitTrainBatches, limitValidationBatches, validationData } = options;
  const numFast = fastBatches(options.fastDevRun);
  if (numFast > 0) return fastRun(dataset, options, numFast);
  if (overfitBatches !== undefined && overfitBatches !== 0) {
    const few = firstBatches(dataset, countOf("overfitBatches", overfitBatches, dataset.numBatches), true);
    const validation = validationData === undefined ? {} : { validationData: few, validationSteps: undefined };
    return { dataset: few, options: { ...options, shuffle: false, ...validation } };
  }
  const train =
    limitTrainBatches === undefined
      ? dataset
      : firstBatches(dataset, countOf("limitTrainBatches", limitTrainBatches, dataset.numBatches));
  if (validationData === undefined || limitValidationBatches === undefined) return { dataset: train, options };
  if (limitValidationBatches === 0) return { dataset: train, options: { ...options, validationData: undefined } };
  const numValidated = countOf("limitValidationBatches", limitValidationBatches, validationData.numBatches);
  return { dataset: train, options: { ...options, validationData: firstBatches(validationData, numValidated) } };
}

function fastRun<Options extends Limited>(
  dataset: Dataset,
  options: Options,
  numBatches: number,
): { readonly dataset: Dataset; readonly options: Options } {
  const { validationData, callbacks = [] } = options;
  const changed = {
    epochs: 1,
    initialEpoch: 0,
    stepsPerEpoch: undefined,
    validationFreq: 1,
    validationSteps: undefined,
    validationData: validationData === undefined ? undefined : firstBatches(validationData, numBatches),
    callbacks: callbacks.filter(({ writesFiles }) => writesFiles !== true),
  };
  return { dataset: firstBatches(dataset, numBatches), options: { ...options, ...changed } };
}

/** Batches of a fast run; 0 when it is none. @throws option */
export function fastBatches(fastDevRun: boolean | number | undefined): number {
  if (typeof fastDevRun !== "number") return fastDevRun === true ? 1 : 0;
  if (Number.isInteger(fastDevRun) && fastDevRun >= 0) return fastDevRun;
  throw new SinterError("option", `fit: fastDevRun is ${fastDevRun}. Give true, or a whole number of batches.`);
}

/** A whole number of batches as it is, a share below 1 of those there are. @throws option */
function countOf(name: keyof LimitOptions, limit: number, numBatches: number): number {
  const isShare = limit > 0 && limit < 1;
  const count = isShare ? Math.floor(limit * numBatches) : limit;
  if (Number.isInteger(count) && count > 0) return Math.min(count, numBatches);
  const wayOut = isShare
    ? `That is less than one of ${numBatches} batches. Give a larger share, or a number of batches.`
    : "Give a whole number of batches, or a share above 0 and below 1.";
  throw new SinterError("option", `fit: ${name} is ${limit}. ${wayOut}`, { option: name, value: limit });
}

/** The first batches of every epoch; `isPlain` takes shuffling and augmentation away. */
function firstBatches(dataset: Dataset, count: number, isPlain = false): Dataset {
  const numBatches = Math.min(count, dataset.numBatches);
  return viewOf(
    dataset,
    {
      numSamples: Math.min(dataset.numSamples, numBatches * dataset.batchSize),
      numBatches,
      shuffle: dataset.shuffle && !isPlain,
      async *batches(epoch, options = {}) {
        let left = numBatches - (options.startStep ?? 0);
        if (left <= 0) return;
        for await (const batch of dataset.batches(epoch, options)) {
          yield batch;
          left -= 1;
          if (left <= 0) return;
        }
      },
    },
    !isPlain,
  );
}

/** Milliseconds of a `maxTime`; no end when it is left out. @throws option */
export function maxTimeMs(maxTime: number | string | undefined): number {
  if (maxTime === undefined) return Number.POSITIVE_INFINITY;
  if (typeof maxTime === "number") return 1000 * numberWithin("fit", "maxTime", maxTime, 0);
  const match = /^(?:(\d+):)?(\d+):([0-5]?\d):([0-5]?\d)$/.exec(maxTime);
  if (match !== null) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
    return 1000 * (((days * 24 + hours) * 60 + minutes) * 60 + seconds);
  }
  throw new SinterError(
    "option",
    `fit: maxTime is "${maxTime}". Give seconds, or hours, minutes and seconds as in "00:10:00".`,
    { option: "maxTime", value: maxTime },
  );
}
