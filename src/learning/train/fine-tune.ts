// Learning from little: first what is new of a model, then all of it, the layers of the trained base more slowly.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { Network, PlacedLayer } from "#learning/nn/network.ts";
import { networkKind } from "#learning/nn/sub-network.ts";
import { multiOptimizer } from "#learning/optim/multi-optimizer.ts";
import type { Optimizer } from "#learning/optim/optimizer.ts";
import { optimizerFromConfig, withLearningRate } from "#learning/optim/optimizers.ts";
import { learningRateAt, schedules } from "#learning/optim/schedules.ts";
import type { Callback } from "./callbacks/callback.ts";
import { numFrozenLayers } from "./frozen-features.ts";
import { History } from "./history.ts";
import { compiledOf } from "./model-core.ts";
import type { FitOptions, Model } from "./model.ts";
import { trainHead } from "./train-head.ts";

export interface FineTuneOptions extends Pick<
  FitOptions,
  "classWeight" | "callbacks" | "verbose" | "output" | "signal" | "seed"
> {
  /** Of the whole model; 1. */
  readonly epochs?: number;
  /** Before them, of the head alone; 1. */
  readonly freezeEpochs?: number;
  /** The highest of the head alone; half of it of the head with the base. 2e-3. */
  readonly learningRate?: number;
  /** How much slower the base's first layer learns than the head; those between them in equal ratios. 100. */
  readonly rateRatio?: number;
  /** Names of the layers that were trained before; the models among the layers where it is left out. */
  readonly base?: readonly string[];
  readonly validationData?: Dataset | undefined;
}

const known = [
  "epochs",
  "freezeEpochs",
  "learningRate",
  "rateRatio",
  "base",
  "validationData",
  "classWeight",
  "callbacks",
  "verbose",
  "output",
  "signal",
  "seed",
];

/**
 * Trains the head of a model on its frozen base, then both. Rates follow one cycle: they rise from a fifth (of the head alone from
 * a 25th), then fall to nearly nothing. Frozen layers' features are computed once where the data set and the model allow
 * (`trainHead`). Layers that were frozen inside of the base stay so; afterwards all others learn.
 * @param model compiled; its optimizer and loss are used, the rates are those of the options
 * @returns the numbers of all epochs
 * @throws option where no base is found; state when it is not compiled; otherwise as `fit`
 * @source fastai 2, callback/schedule.py: Learner.fine_tune
 * @example
 * const net = sequential([squeezeNet({ includeTop: false, inputShape, weights }), layers.globalAveragePooling2d(), layers.dense({ units: 3, activation: "softmax" })]);
 * net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
 * await fineTune(net, pictures, { epochs: 3 });
 */
export async function fineTune(model: Model, data: Dataset, options: FineTuneOptions = {}): Promise<History> {
  checkOptions("fineTune", options, known);
  const { epochs = 1, freezeEpochs = 1, learningRate = 2e-3, rateRatio = 100, base: _base, ...others } = options;
  const base = baseOf(model.network, options.base);
  integer("fineTune", "epochs", epochs, 0);
  integer("fineTune", "freezeEpochs", freezeEpochs, 0);
  numberWithin("fineTune", "rateRatio", rateRatio, 1, Number.MAX_VALUE);
  const { optimizer } = compiledOf(model.core, "fineTune");
  const at = (rate: number): Optimizer => optimizerFromConfig(withLearningRate(optimizer.config, rate));
  const history = new History();
  model.setTrainable(false, base);
  setOptimizer(model, at(learningRate));
  if (freezeEpochs > 0) {
    const cycle = oneCycle(learningRate, { epochs: freezeEpochs, steps: data.numBatches, warm: 0.99, div: 25 });
    extend(history, await fitHead(model, data, freezeEpochs, withCallback(others, cycle)));
  }
  model.setTrainable(true, base);
  if (epochs === 0) return history;
  const highest = learningRate / 2;
  setOptimizer(model, discriminative(model.network, base, at, { lowest: highest / rateRatio, highest }));
  const cycle = oneCycle(highest, { epochs, steps: data.numBatches, warm: 0.3, div: 5 });
  extend(history, await model.fit(data, { ...withCallback(others, cycle), epochs }));
  return history;
}

/** @throws option for a name that no layer has, or where no layer is a model */
function baseOf({ layers }: Network, names: readonly string[] | undefined): readonly string[] {
  const found = names ?? layers.filter(({ layer }) => layer.config.kind === networkKind).map(({ name }) => name);
  if (found.length > 0) return found;
  throw new SinterError("option", "fineTune: no layer is a model. Name the layers that were trained before: base.");
}

type PhaseOptions = Omit<FineTuneOptions, "epochs" | "freezeEpochs" | "learningRate" | "rateRatio" | "base">;

function fitHead(model: Model, data: Dataset, epochs: number, options: PhaseOptions): Promise<History> {
  const { validationData, ...others } = options;
  const numFrozen = numFrozenLayers(model.network);
  const isMixing = data.augment?.mixup !== undefined || data.augment?.cutmix !== undefined;
  const isCached = numFrozen > 0 && data instanceof SampleDataset && !isMixing;
  if (isCached && (validationData === undefined || validationData instanceof SampleDataset)) {
    return trainHead(model, data, { ...others, epochs, validationData, variants: epochs });
  }
  return model.fit(data, { ...options, epochs });
}

function setOptimizer({ core }: Model, optimizer: Optimizer): void {
  core.compiled = { ...compiledOf(core, "fineTune"), optimizer };
  core.optimizerState = undefined;
  core.learningRate = undefined;
  core.programs.train.clear();
}

/** The rates of one layer after another of the base in equal ratios; the highest of all else. */
function discriminative(
  { layers }: Network,
  base: readonly string[],
  at: (rate: number) => Optimizer,
  { lowest, highest }: { readonly lowest: number; readonly highest: number },
): Optimizer {
  const groups = layers.filter(({ name }) => base.includes(name)).flatMap(groupsOf);
  const optimizers = groups.map((group, place): [string, Optimizer] => [
    `${group.replaceAll(/[\\^$.*+?()[\]{}|]/gu, "\\$&")}/.*`,
    at(lowest * (highest / lowest) ** (place / groups.length)),
  ]);
  return multiOptimizer({ optimizer: at(highest), optimizers: Object.fromEntries(optimizers) });
}

/** The layers within a layer that have weights which learn, by the begins of their paths. */
function groupsOf({ weights }: PlacedLayer): readonly string[] {
  const trained = weights.filter(({ trainable }) => trainable);
  return [...new Set(trained.map(({ path }) => path.slice(0, path.lastIndexOf("/"))))];
}

interface Cycle {
  readonly epochs: number;
  readonly steps: number;
  /** The share of the steps in which the rate rises. */
  readonly warm: number;
  /** What the first rate is the highest divided by. */
  readonly div: number;
}

/** Sets the rate before every step. */
function oneCycle(maxLearningRate: number, { epochs, steps, warm, div }: Cycle): Callback {
  const totalSteps = Math.max(2, epochs * steps);
  const schedule = schedules.oneCycle({ maxLearningRate, totalSteps, pctStart: warm, divFactor: div });
  let epochBegin = 0;
  return {
    onEpochBegin: (epoch) => void (epochBegin = epoch * steps),
    onTrainBatchBegin: (step, { model }) => {
      model.learningRate = learningRateAt(schedule, epochBegin + step);
    },
  };
}

function withCallback(options: PhaseOptions, callback: Callback): PhaseOptions {
  return { ...options, callbacks: [callback, ...(options.callbacks ?? [])] };
}

/** The epochs of a later training behind those of an earlier one. */
function extend(history: History, { epoch, history: numbers }: History): void {
  const begin = history.epoch.length;
  history.epoch.push(...epoch.map((_, index) => begin + index));
  for (const [name, values] of Object.entries(numbers)) {
    history.history[name] = [...(history.history[name] ?? []), ...values];
  }
}
