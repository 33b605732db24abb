// The model of a picture classification: built by name or by a function, and made to fit the classes.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import type { Layer } from "#learning/nn/layer.ts";
import type { LossName } from "#learning/train/losses.ts";
import { Model, sequential } from "#learning/train/model.ts";
import { pictureNetworkNames } from "#learning/zoo/picture-networks.ts";
import { cnnLayers } from "./cnn.ts";
import { isPictureNetwork, knownNetwork } from "./known-network.ts";
import type { TransferPlan } from "./transfer-options.ts";

/** What a model is built for. */
export interface ModelRequest {
  readonly imageSize: readonly [height: number, width: number];
  readonly classNames: readonly string[];
  readonly channels: 1 | 3;
  /** For `sequential([…], { seed })`. */
  readonly seed: number;
}

/** A model, or the layers of one in a row. */
type Built = Model | readonly Layer[];

/** Gives a model that is not compiled yet, or its layers, which then start from the run's seed. */
export type ModelBuilder = (request: ModelRequest) => Built | Promise<Built>;

/** A model of the user's own, with the text that it came from. */
export interface ModelSource {
  /** The name of the file that a run keeps the text in. */
  readonly name: string;
  readonly text?: string;
  readonly build: ModelBuilder;
}

/** The names of models that need no file. */
export const modelNames: readonly ["cnn", ...typeof pictureNetworkNames] = ["cnn", ...pictureNetworkNames];

/** A name of `modelNames`, or a model of the user's own. */
export type ImageModel = (typeof modelNames)[number] | ModelBuilder | ModelSource;

/**
 * Builds the model and finds its loss: one output with a sigmoid for two classes, else one output a class with a softmax.
 * @throws option when the function gives no model; shape when its input or output does not fit
 */
export async function buildImageModel(
  model: ImageModel,
  request: ModelRequest,
  transfer?: TransferPlan,
): Promise<{ readonly model: Model; readonly name: string; readonly loss: LossName }> {
  const built = await build(model, request, transfer);
  checkInput(built, request);
  return { model: built, name: nameOfModel(model), loss: lossFor(built, request) };
}

/** The name that config.json gives a model. */
export function nameOfModel(model: ImageModel): string {
  if (typeof model === "string") return model;
  return typeof model === "function" ? "function" : model.name;
}

/** The model of a name that needs no file; undefined for others. */
export function namedModel(name: unknown): (typeof modelNames)[number] | undefined {
  return modelNames.find((known) => known === name);
}

async function build(model: ImageModel, request: ModelRequest, transfer: TransferPlan | undefined): Promise<Model> {
  if (isPictureNetwork(model)) return knownNetwork(model, request, transfer);
  if (model === "cnn") return sequential(cnnLayers(request), { name: "cnn", seed: request.seed });
  if (typeof model === "string") choice("trainImageClassifier", "model", model, modelNames);
  const builder: unknown = typeof model === "object" ? model.build : model;
  if (typeof builder !== "function") {
    throw new SinterError("option", 'trainImageClassifier: the model is no function. Give "cnn", or a function.');
  }
  const built: unknown = await builder(request);
  if (built instanceof Model) return built;
  if (Array.isArray(built) && built.every(isLayer)) return sequential(built, { seed: request.seed });
  throw new SinterError(
    "option",
    "The function model gave neither a model nor a list of layers. Return sequential([…]) of this installation of sinter.",
  );
}

function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && "outputTypes" in value && "call" in value;
}

function checkInput(model: Model, { imageSize, channels }: ModelRequest): void {
  const { inputs, outputs } = model.network;
  if (inputs.length > 1 || outputs.length > 1) {
    throw new SinterError(
      "shape",
      `The model takes ${inputs.length} inputs and gives ${outputs.length} outputs. One picture makes one answer: give it one of each.`,
      { inputs: inputs.length, outputs: outputs.length },
    );
  }
  const expected = [...imageSize, channels];
  if (sameShape(model.network.input.shape, expected)) return;
  throw new SinterError(
    "shape",
    `The model takes ${shapeText(model.network.input.shape)}, the pictures are ${shapeText(expected)}. ` +
      "Give its first layer inputShape: [...imageSize, channels].",
    { input: model.network.input.shape, expected },
  );
}

/** Probabilities are wanted: cross-entropy is the only loss here, and `predict` must give them. */
function lossFor(model: Model, { classNames }: ModelRequest): LossName {
  const { output, layers } = model.network;
  const activation = layers.at(-1)?.layer.config.options["activation"];
  const isBinary = classNames.length === 2 && sameShape(output.shape, [1]);
  if (isBinary && activation === "sigmoid") return "binaryCrossentropy";
  if (sameShape(output.shape, [classNames.length]) && activation === "softmax") return "sparseCategoricalCrossentropy";
  const wanted = `units: ${classNames.length}, activation: "softmax"`;
  const wayOut = classNames.length === 2 ? `units: 1, activation: "sigmoid" (or ${wanted})` : wanted;
  throw new SinterError(
    "shape",
    `The model gives ${shapeText(output.shape)} (${JSON.stringify(activation ?? "no activation")}) for ` +
      `${classNames.length} classes. End it with dense({ ${wayOut} }).`,
    { output: output.shape, numClasses: classNames.length },
  );
}
