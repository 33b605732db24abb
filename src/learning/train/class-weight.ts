// Weights by class: each sample's loss counts as much as its class is said to.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import type { Batch, Dataset, HostTensor } from "#learning/data/dataset.ts";
import { viewOf } from "./dataset-view.ts";

/** What a class's samples count in the loss; a class that is left out counts 1. See `classWeights`. */
export type ClassWeight = Readonly<Record<number, number>>;

/**
 * The same data, each sample with the weight of its class: of one-hot rows the largest one's, of one number its own.
 * @throws option for a weight below 0, or where the data has weights for its samples already
 * @source Keras 3, fit(class_weight)
 */
export function withClassWeight(dataset: Dataset, classWeight: ClassWeight): Dataset {
  for (const [label, weight] of Object.entries(classWeight)) numberWithin("fit", `classWeight ${label}`, weight, 0);
  return viewOf(dataset, {
    async *batches(epoch, options) {
      for await (const batch of dataset.batches(epoch, options)) yield weighed(batch, classWeight);
    },
  });
}

function weighed(batch: Batch, classWeight: ClassWeight): Batch {
  if ((batch.targets?.length ?? 1) > 1) {
    throw new SinterError(
      "option",
      "fit: classWeight for a model of several outputs. Give sampleWeight instead, a list or a record by output.",
    );
  }
  if (batch.sampleWeight !== undefined) {
    throw new SinterError(
      "option",
      "fit: classWeight for samples that have weights already. Give one of them, or multiply sampleWeight yourself.",
    );
  }
  if (batch.y === undefined) return batch;
  const data = Float32Array.from(classesOf(batch.y), (label) => classWeight[label] ?? 1);
  return { ...batch, sampleWeight: { data, shape: [data.length], dtype: "f32" } };
}

/** The class of each row. @throws option for labels that are not one row a sample */
function classesOf({ data, shape }: HostTensor): number[] {
  const [numRows = 0, numColumns = 1, ...others] = shape;
  if (others.length > 0) {
    throw new SinterError(
      "option",
      `fit: classWeight for labels ${shapeText(shape)}, expected one class a sample. Give sampleWeight instead.`,
      { labels: shape },
    );
  }
  return Array.from({ length: numRows }, (_, row) => {
    const values = data.subarray(row * numColumns, (row + 1) * numColumns);
    return numColumns === 1 ? Math.trunc(values[0] ?? 0) : values.indexOf(Math.max(...values));
  });
}
