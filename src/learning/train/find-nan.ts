// Where a loss that is not finite began: the step is run again on its batch, with a look at the data, every weight, every
// layer's output and the loss. Owns the words that say it; never trains.

import { tensor } from "#engine/tensor/create.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import type { Batch, Dataset, HostTensor } from "#learning/data/dataset.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { outputNames } from "#learning/nn/end-names.ts";
import { applyNetwork, type Network, type PlacedLayer } from "#learning/nn/network.ts";
import { disposeAll } from "./dispose.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { inputsOf, setupOfData, targetsOf, uploadBatch } from "./feed.ts";
import type { KeptRun, KeptStep } from "./kept-step.ts";
import { learningRateOf, lossSetupOf, type ModelCore } from "./model-core.ts";
import { goalLosses } from "./step-loss.ts";
import { batchInputs, type LossSetup, type StepScalars } from "./step.ts";

/** Where values first were not finite. */
export type NonFinite =
  | {
      readonly kind: "data" | "labels";
      readonly sample: number;
      readonly file: string | undefined;
      readonly value: number;
    }
  | { readonly kind: "weight"; readonly path: string; readonly layer: string; readonly value: number }
  | { readonly kind: "layer"; readonly layer: string; readonly isLogits: boolean; readonly value: number }
  | { readonly kind: "input" | "penalty"; readonly name: string; readonly value: number }
  | { readonly kind: "loss"; readonly name: string; readonly value: number; readonly largestPrediction: number }
  | { readonly kind: "unknown" };

/** A place with the largest magnitude of its values: NaN where one is NaN. */
interface Place {
  readonly finding: (value: number) => NonFinite;
  readonly largest: Tensor;
}

/**
 * Runs a step again with checks, at the present weights.
 * @returns the first place, in the order data, labels, weights, layers, penalties, loss
 */
export async function findNonFinite(run: KeptRun, kept: KeptStep): Promise<NonFinite> {
  const { core, dataset, runKey } = run;
  const given = findInBatch(kept.batch, dataset);
  if (given !== undefined) return given;
  const setup = lossSetupOf(core, setupOfData(dataset, true), "fit");
  const findings: Place["finding"][] = [];
  const check = jit(
    (weights: Weights, frozen: Weights, batch: DeviceBatch, { key, step }: Pick<StepScalars, "key" | "step">) => {
      const places = checkedPlaces(setup, { ...weights, ...frozen }, batch, fold(key, step));
      findings.splice(0, findings.length, ...places.map(({ finding }) => finding));
      return places.map(({ largest }) => largest);
    },
  );
  const own = {
    batch: uploadBatch(kept.batch, dataset, kept.epoch, true),
    step: tensor(Int32Array.of(kept.iteration), { shape: [] }),
  };
  const tensors = check(core.weights, core.frozen, own.batch, { key: runKey, step: own.step });
  disposeAll(own);
  const values = await Promise.all(tensors.map((largest) => largest.item()));
  disposeAll(tensors);
  const isWrong = (value: number): boolean => !Number.isFinite(value);
  const first = values.findIndex(isWrong);
  if (first < 0) return { kind: "unknown" };
  const found = findings[first]?.(values[first] ?? Number.NaN) ?? { kind: "unknown" };
  if (found.kind === "loss") return { ...found, largestPrediction: values[first - 1] ?? Number.NaN };
  if (found.kind !== "weight") return found;
  // A gradient runs from the loss towards the data: what came to be NaN on its way spoils that layer and all before it.
  const last = findings.findLastIndex((make, index) => make(0).kind === "weight" && isWrong(values[index] ?? 0));
  return findings[last]?.(values[last] ?? Number.NaN) ?? found;
}

/** The sample that holds it already in host memory. */
function findInBatch(batch: Batch, dataset: Dataset): NonFinite | undefined {
  const { indices } = batch;
  const parts: readonly (readonly ["data" | "labels", HostTensor])[] = [
    ...inputsOf(batch).map((input) => ["data", input] as const),
    ...targetsOf(batch).map((target) => ["labels", target] as const),
  ];
  for (const [kind, values] of parts) {
    const { data, dtype } = values;
    if (dtype === "f16" || dtype === "bf16") continue;
    const position = Array.prototype.findIndex.call(data, (value: number) => !Number.isFinite(value));
    if (position < 0) continue;
    const row = Math.floor(position / (data.length / (values.shape[0] ?? 1)));
    const sample = indices[row] ?? row;
    return { kind, sample, file: dataset.files?.[sample], value: data[position] ?? Number.NaN };
  }
  return undefined;
}

/** The forward step with a look at every place, in order. */
function checkedPlaces(setup: LossSetup, weights: Weights, batch: DeviceBatch, key: Tensor): readonly Place[] {
  const places: Place[] = [];
  const look = (value: Tensor, finding: Place["finding"]): void => {
    if (value.size > 0) places.push({ finding, largest: value.cast("f32").abs().max() });
  };
  const { network, objectives } = setup;
  const inputs = batchInputs(setup, batch);
  for (const x of inputs) look(x, (value) => ({ kind: "input", name: "rescale or augmentation", value }));
  for (const { path } of network.weights) {
    const weight = weights[path];
    const [layer = path] = path.split("/");
    if (weight !== undefined) look(weight, (value) => ({ kind: "weight", path, layer, value }));
  }
  const result = applyNetwork(watched(network, look), weights, inputs, {
    training: true,
    key,
    storedAs: setup.storedAs,
  });
  result.losses.forEach((loss) =>
    look(loss, (value) => ({ kind: "penalty", name: "a regularizer or a layer", value })),
  );
  const givers = outputNames(network);
  for (const [place, loss] of goalLosses(objectives, batch, result).entries()) {
    const { output = 0, loss: { kind: name } = { kind: "" } } = objectives[place] ?? {};
    const prediction = result.outputs[output] ?? result.output;
    look(prediction, (value) => ({ kind: "layer", layer: givers[output] ?? "", isLogits: false, value }));
    look(loss, (value) => ({ kind: "loss", name, value, largestPrediction: 0 }));
  }
  return places;
}

/** The same network, whose layers show what they give. */
function watched(network: Network, look: (value: Tensor, finding: Place["finding"]) => void): Network {
  const watch = (placed: PlacedLayer): PlacedLayer => {
    const call: PlacedLayer["layer"]["call"] = (weights, inputs, context) => {
      const result = placed.layer.call(weights, inputs, context);
      const at =
        (isLogits: boolean): Place["finding"] =>
        (value) => ({ kind: "layer", layer: placed.name, isLogits, value });
      if (result.logits !== undefined) look(result.logits.values, at(true));
      result.outputs.forEach((output) => look(output, at(false)));
      return result;
    };
    return { ...placed, layer: { ...placed.layer, call } };
  };
  return { ...network, layers: network.layers.map(watch) };
}

/**
 * What the finding means and what to do, in one or two sentences.
 * @param isFirstStep whether no update of this run came before the step
 */
export function explainNonFinite(core: ModelCore, found: NonFinite, isFirstStep: boolean): string {
  const rate = `Lower the learning rate (now ${learningRateOf(core, "fit")})`;
  switch (found.kind) {
    case "data":
    case "labels": {
      const file = found.file === undefined ? "" : ` ("${found.file}")`;
      return `It began in the ${found.kind}: sample ${found.sample}${file} holds ${found.value}. Mend or remove it.`;
    }
    case "weight": {
      const { path, value } = found;
      if (isFirstStep) {
        return `It began in the weights: ${path} held ${value} before the first step. Set other weights, or build the model anew.`;
      }
      return (
        `It began in the gradient of ${named(core, found.layer)}: an earlier update left ${value} in ${path}. ` +
        `${rate}, or bound the gradients with clipnorm.`
      );
    }
    case "layer": {
      const what = found.isLogits ? "output before the last activation" : "output";
      return (
        `It began in the ${what} of ${named(core, found.layer)}: its weights and its input are finite, its output is ` +
        `${found.value}. ${rate}, scale the data, or look for a log, root or division in this layer.`
      );
    }
    case "input":
      return `It began in the data: ${found.name} made it ${found.value}. Give another rescale.`;
    case "penalty":
      return `It began in the penalty of ${found.name}, which is ${found.value}. Lower its factor. ${rate}.`;
    case "loss":
      return (
        `It began in the loss ${found.name}: predictions (up to ${found.largestPrediction.toPrecision(3)}) and labels are ` +
        `finite, the loss is ${found.value}. ${rate}, or scale the labels.`
      );
    case "unknown":
      return `It did not come again when the step was checked with the weights of now. ${rate}.`;
    default:
      return found satisfies never;
  }
}

/** `dense "dense_1"` */
function named(core: ModelCore, name: string): string {
  const kind = core.network.layers.find((placed) => placed.name === name)?.layer.config.kind ?? "layer";
  return `${kind} "${name}"`;
}
