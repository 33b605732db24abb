// The learning-rate range test: the rate rises from step to step until the loss diverges. What it trained is put back
// afterwards, bit for bit.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { treeLeaves, treeMap } from "#engine/base/tree.ts";
import { tensor } from "#engine/tensor/create.ts";
import { key } from "#engine/tensor/random.ts";
import { isTensor } from "#engine/tensor/tensor.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { withClassWeight, type ClassWeight } from "./class-weight.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted } from "./evaluate.ts";
import { labelShapesOf, setupOfData, uploadBatch } from "./feed.ts";
import { fittingDataset } from "./fitting-data.ts";
import { suggestRates, type RateSuggestions } from "./learning-rate-suggestions.ts";
import { initialStates } from "./metric-states.ts";
import { compiledOf, loggedNumbers, trainStepOf, type ModelCore } from "./model-core.ts";
import { trainOnce } from "./train-epoch.ts";
import { TrainingFeed } from "./training-feed.ts";

export interface FindLearningRateOptions {
  /** The first rate; 1e-7 by default. */
  readonly from?: number;
  /** The rate of the last step; 10 by default. */
  readonly to?: number;
  /** 100 by default; data that is shorter is gone through again. */
  readonly steps?: number;
  /** Whether it ends once the smoothed loss is four times its least; true by default. */
  readonly stopAtDivergence?: boolean;
  /** What each class counts in the loss, as in `fit`. */
  readonly classWeight?: ClassWeight | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step. */
  readonly onStep?: ((point: LearningRatePoint, step: number) => void) | undefined;
}

/** A step of the test. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Of the batch, before its update. */
  readonly loss: number;
  readonly smoothedLoss: number;
}

/** What the test found. */
export interface LearningRateCurve {
  readonly points: readonly LearningRatePoint[];
  /** Whether it ended before its last step. */
  readonly isDiverged: boolean;
  readonly suggestions: RateSuggestions;
  /** `suggestions.valley`; undefined when too few steps were made, or the loss never fell. */
  readonly suggestion: number | undefined;
}

/** Share of the smoothed loss that a step keeps. */
const smoothing = 0.98;
/** The smoothed loss over its least at which the test ends. */
const divergence = 4;

/**
 * Trains with a rate that rises exponentially, and puts weights and optimizer back as they were.
 * @throws option, data, shape, state, aborted
 * @source Smith 2017, Cyclical learning rates for training neural networks, section 3.3; fastai 2, Learner.lr_find
 */
export async function findLearningRate(
  core: ModelCore,
  given: Dataset,
  options: FindLearningRateOptions,
): Promise<LearningRateCurve> {
  const { from, to, steps } = checked(options);
  const { classWeight } = options;
  const weighed = classWeight === undefined ? given : withClassWeight(given, classWeight);
  compiledOf(core, "findLearningRate");
  const dataset = fittingDataset(core, weighed, "findLearningRate", true);
  const putBack = await keepValues(core);
  const feed = new TrainingFeed(dataset, { signal: options.signal }, { epoch: 0, step: 0 });
  const curve = new SmoothedCurve();
  try {
    for (let step = 0; step < steps && !(curve.isDiverged && options.stopAtDivergence !== false); step += 1) {
      checkAborted(options.signal, "findLearningRate");
      core.learningRate = from * (to / from) ** (step / Math.max(1, steps - 1));
      const point = curve.add(core.learningRate, await trainStep(core, dataset, await feed.next()));
      if (point !== undefined) options.onStep?.(point, step);
    }
  } finally {
    await feed.close();
    putBack();
  }
  const suggestions = suggestRates(curve.points, steps);
  return { points: curve.points, isDiverged: curve.isDiverged, suggestions, suggestion: suggestions.valley };
}

function checked(options: FindLearningRateOptions): { from: number; to: number; steps: number } {
  const where = "findLearningRate";
  checkOptions(where, options, ["from", "to", "steps", "stopAtDivergence", "classWeight", "signal", "onStep"]);
  const from = numberWithin(where, "from", options.from ?? 1e-7, Number.MIN_VALUE);
  const to = numberWithin(where, "to", options.to ?? 10, Number.MIN_VALUE, Number.MAX_VALUE);
  const steps = integer(where, "steps", options.steps ?? 100, 2);
  if (from < to) return { from, to, steps };
  throw new SinterError("option", `${where}: from ${from} is not below to ${to}. Give a rate to begin with below it.`, {
    from,
    to,
  });
}

/** The points so far. A loss that is not finite ends them. */
class SmoothedCurve {
  readonly points: LearningRatePoint[] = [];
  isDiverged = false;
  #average = 0;
  #least = Number.POSITIVE_INFINITY;

  add(learningRate: number, loss: number): LearningRatePoint | undefined {
    this.isDiverged ||= !Number.isFinite(loss);
    if (!Number.isFinite(loss)) return undefined;
    this.#average = smoothing * this.#average + (1 - smoothing) * loss;
    const smoothedLoss = this.#average / (1 - smoothing ** (this.points.length + 1));
    this.#least = Math.min(this.#least, smoothedLoss);
    this.isDiverged ||= smoothedLoss > divergence * this.#least;
    const point = { learningRate, loss, smoothedLoss };
    this.points.push(point);
    return point;
  }
}

/** One update; gives the loss before it. */
async function trainStep(
  core: ModelCore,
  dataset: Dataset,
  { batch, epoch }: Awaited<ReturnType<TrainingFeed["next"]>>,
): Promise<number> {
  const labels = labelShapesOf(batch);
  const runKey = key(core.seed);
  const own = {
    batch: uploadBatch(batch, dataset, epoch, true),
    states: initialStates(loggedNumbers(core, labels, "findLearningRate")),
  };
  const { loss, states } = trainOnce(core, trainStepOf(core, setupOfData(dataset, true), labels), runKey, own);
  disposeAll([own, runKey, states]);
  const value = await loss.item();
  loss.dispose();
  return value;
}

/** Takes a copy through host memory, since training takes over the memory of the weights; gives what puts it back. */
async function keepValues(core: ModelCore): Promise<() => void> {
  const { weights, frozen, optimizerState, iterations, learningRate } = core;
  const tree = { weights, frozen, optimizerState };
  const entries = treeLeaves(tree, isTensor).map(async (value) => [value, await value.data()] as const);
  const values = new Map(await Promise.all(entries));
  const copy = <Branches>(branches: Branches): Branches =>
    treeMap(branches, isTensor, (value) => {
      const data = values.get(value);
      return data === undefined ? value : tensor(data, { shape: value.shape, dtype: value.dtype });
    });
  return () => {
    disposeAll([core.weights, core.frozen, core.optimizerState]);
    Object.assign(core, copy(tree), { iterations, learningRate });
  };
}
