// A model from what a file of any layered format describes, and what such a file is to hold of a model.

import { SinterError } from "#engine/base/error.ts";
import type { DescribedModel } from "#learning/formats/keras/read.ts";
import type { LayerMaker } from "#learning/nn/layers.ts";
import { Model } from "./model.ts";
import { namedByOrder } from "./named-weights.ts";
import { networkFrom, preprocessingFrom, restoreCore } from "./save.ts";

export interface LoadOptions {
  /** Makers of layers that are not sinter's own: by their kind, of files of other libraries by their class. */
  readonly customLayers?: Readonly<Record<string, LayerMaker>>;
  /** Whether the model is compiled as the file says; true by default. */
  readonly compile?: boolean;
  /** Shape of one sample, for files of other libraries that leave sizes open. */
  readonly inputShape?: readonly number[] | undefined;
}

/**
 * The model of a description, with its weights and, where it was compiled, the optimizer's state. Weights that the file may
 * leave out are as the layers begin.
 * @throws format where layers, weights and options do not fit together
 */
export function modelFrom(
  { description, tensors }: DescribedModel,
  custom: Readonly<Record<string, LayerMaker>> = {},
): Model {
  return asFormat(() => {
    const network = networkFrom(description, custom);
    const model = new Model(network, { name: description.name, seed: description.training?.seed ?? 0 });
    const named = namedByOrder(network, tensors);
    restoreCore(
      model.core,
      { description, network, tensors: named, preprocessing: preprocessingFrom(description) },
      "the file",
    );
    return model;
  });
}

/** What layers and optimizers refuse is here a fault of the file. */
function asFormat<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SinterError) || error.code === "format" || error.code === "bug") throw error;
    throw new SinterError("format", `The file's model cannot be made: ${error.message}`, error.details, error);
  }
}
