// Whether a data set is one for the model: as many inputs of the right shapes, and labels; by name, in the model's order.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import type { Batch, Dataset } from "#learning/data/dataset.ts";
import { inputNames, outputNames } from "#learning/nn/end-names.ts";
import { viewOf } from "./dataset-view.ts";
import { inputsOf } from "./feed.ts";
import type { ModelCore } from "./model-core.ts";

/**
 * The data set with its inputs and targets in the model's order.
 * @param needsLabels whether it is trained on or evaluated
 * @throws shape, data, option unless it fits
 */
export function fittingDataset(core: ModelCore, given: Dataset, what: string, needsLabels: boolean): Dataset {
  const dataset = inModelOrder(core, given, what, needsLabels);
  checkInputs(core, dataset, what);
  if (needsLabels && dataset.labelMode === "none") {
    throw new SinterError("data", `${what}: the data has no labels. Give y, or labelMode: "binary" or "categorical".`);
  }
  if (dataset.numSamples === 0) {
    throw new SinterError("data", `${what}: the data has no samples. Check its folder, or its first axis.`);
  }
  return dataset;
}

function checkInputs({ network }: ModelCore, dataset: Dataset, what: string): void {
  const shapes = shapesOf(dataset);
  if (shapes.length !== network.inputs.length) {
    throw new SinterError(
      "shape",
      `${what}: the data has ${shapes.length} inputs, the network takes ${network.inputs.length} ` +
        `(${inputNames(network).join(", ")}). Give one for each.`,
      { count: shapes.length, expected: network.inputs.length },
    );
  }
  for (const [place, { shape: expected }] of network.inputs.entries()) {
    const came = shapes[place] ?? [];
    if (sameShape(came, expected)) continue;
    const which = shapes.length === 1 ? "samples are" : `input "${inputNames(network)[place] ?? ""}" is`;
    throw new SinterError(
      "shape",
      `${what}: ${which} ${shapeText(came)}, but the network takes ${shapeText(expected)}. ` +
        "Resize the data (imageSize), or change inputShape.",
      { samples: came, expected },
    );
  }
}

function shapesOf({ elementShapes, elementShape }: Dataset): readonly (readonly number[])[] {
  return elementShapes ?? [elementShape];
}

/** Which of the data's parts comes at each place; undefined where all are in place already. */
type Order = readonly number[] | undefined;

function inModelOrder(core: ModelCore, dataset: Dataset, what: string, needsLabels: boolean): Dataset {
  const { network, compiled } = core;
  const learnt = compiled?.objectives.map(({ name }) => name) ?? outputNames(network);
  const inputs = orderOf(dataset.inputNames, inputNames(network), `${what}: input`);
  const targets = needsLabels ? orderOf(dataset.targetNames, learnt, `${what}: target`) : undefined;
  if (inputs === undefined && targets === undefined) return dataset;
  const { rescale, augment } = dataset;
  if (inputs !== undefined && inputs[0] !== 0 && (rescale !== undefined || augment !== undefined)) {
    throw new SinterError(
      "option",
      `${what}: rescale and augment are for the first input, which the model names ${inputNames(network)[0] ?? ""}. ` +
        "Name that one first in the data.",
    );
  }
  const shapes = arranged(shapesOf(dataset), inputs);
  return viewOf(dataset, {
    elementShape: shapes[0] ?? dataset.elementShape,
    elementShapes: shapes,
    async *batches(epoch, options) {
      for await (const batch of dataset.batches(epoch, options)) yield arrangedBatch(batch, inputs, targets);
    },
  });
}

/** @throws option for a name that the model does not have, or one that is missing */
function orderOf(names: readonly string[] | undefined, known: readonly string[], what: string): Order {
  if (names === undefined) return undefined;
  for (const name of names) choice(what, "named", name, known);
  const order = known.map((name) => names.indexOf(name));
  const missing = known.filter((_, place) => order[place] === -1);
  if (missing.length > 0) {
    throw new SinterError("option", `${what} ${missing.join(", ")} is missing in the data. Give one for each.`, {
      missing,
    });
  }
  return order.every((from, place) => from === place) ? undefined : order;
}

function arranged<Item>(items: readonly Item[], order: Order): readonly Item[] {
  if (order === undefined) return items;
  return order.flatMap((from) => {
    const item = items[from];
    return item === undefined ? [] : [item];
  });
}

function arrangedBatch(batch: Batch, inputOrder: Order, targetOrder: Order): Batch {
  const inputs = arranged(inputsOf(batch), inputOrder);
  const targets = arranged(batch.targets ?? [], targetOrder);
  const sampleWeights = arranged(batch.sampleWeights ?? [], targetOrder);
  const [x = batch.x] = inputs;
  const [y] = targets;
  return {
    ...batch,
    x,
    inputs,
    ...(y === undefined ? {} : { y, targets }),
    ...(sampleWeights.length === 0 ? {} : { sampleWeights }),
  };
}
