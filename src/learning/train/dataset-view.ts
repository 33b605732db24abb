// A data set seen through another: what it says of itself is handed on, its batches are changed. Data sets are objects of
// any kind, so that a copy of their fields would lose what they compute.

import type { Dataset } from "#learning/data/dataset.ts";

/** The same data set but for what `changes` says. */
export function viewOf(
  dataset: Dataset,
  changes: Pick<Dataset, "batches"> & Partial<Dataset>,
  isAugmented = true,
): Dataset {
  const { classNames, files, labels, rescale, augment, elementShapes, inputNames, targetNames } = dataset;
  return {
    numSamples: dataset.numSamples,
    batchSize: dataset.batchSize,
    numBatches: dataset.numBatches,
    elementShape: dataset.elementShape,
    dtype: dataset.dtype,
    labelMode: dataset.labelMode,
    shuffle: dataset.shuffle,
    seed: dataset.seed,
    ...(elementShapes === undefined ? {} : { elementShapes }),
    ...(inputNames === undefined ? {} : { inputNames }),
    ...(targetNames === undefined ? {} : { targetNames }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(files === undefined ? {} : { files }),
    ...(labels === undefined ? {} : { labels }),
    ...(rescale === undefined ? {} : { rescale }),
    ...(augment === undefined || !isAugmented ? {} : { augment }),
    get broken() {
      return dataset.broken ?? [];
    },
    ...changes,
  };
}
