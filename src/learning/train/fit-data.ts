// What fit is given, as data sets: arrays with their weights, the share of them that is validated, validation data of its own.

import { numberWithin } from "#engine/base/options.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import type { Given } from "./arguments.ts";
import { datasetOf, isDataset, withoutOwnWeights, type Receiver } from "./feed.ts";
import type { FitOptions } from "./model.ts";
import type { SeveralValues, Values } from "./several-values.ts";

/** The data to train on, and of arrays the part that is split off to validate on. @throws option, shape */
export async function trainingData(
  receiver: Receiver,
  data: Given,
  y: Values | SeveralValues | undefined,
  options: FitOptions,
): Promise<{ readonly train: Dataset; readonly split: Dataset | undefined }> {
  if (isDataset(data)) return { train: withoutOwnWeights(data, "fit", options), split: undefined };
  const { batchSize = 32, shuffle = true, validationSplit = 0, seed = 0, sampleWeight } = options;
  const all = await datasetOf(receiver, data, y, { batchSize, shuffle, seed, sampleWeight });
  numberWithin("fit", "validationSplit", validationSplit, 0, 1);
  if (validationSplit === 0) return { train: all, split: undefined };
  const numTrained = Math.floor(all.numSamples * (1 - validationSplit));
  return { train: all.take(numTrained), split: all.skip(numTrained) };
}

/** The validation data that was given, as a data set. */
export async function givenValidation(
  receiver: Receiver,
  { validationData, batchSize = 32 }: FitOptions,
): Promise<Dataset | undefined> {
  if (validationData === undefined || isDataset(validationData)) return validationData;
  const [x, y, sampleWeight] = validationData;
  return datasetOf(receiver, x, y, { batchSize, sampleWeight });
}
