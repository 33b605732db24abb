// The compiled programs of a model: one step of training, of evaluation, of prediction. Pure functions over trees of
// tensors; everything that changes from step to step is an argument.

import { SinterError } from "#engine/base/error.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { augmentBatch } from "#learning/data/augment-batch.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { activate } from "#learning/nn/activations.ts";
import { constrain } from "#learning/nn/constraints.ts";
import type { Logits, ShortFloat, Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type Network, type NetworkResult } from "#learning/nn/network.ts";
import type { Optimizer, OptimizerState } from "#learning/optim/optimizer.ts";
import { mapTensors } from "#learning/optim/rule.ts";
import { ofTarget, type DeviceBatch } from "./device-batch.ts";
import { lossWeights } from "./mixed-labels.ts";
import type { MetricState } from "./metrics.ts";
import type { BoundObjective, LossGoal } from "./objectives.ts";
import { goalLosses, outcomeOf, totalLoss } from "./step-loss.ts";

/** What changes with every step but is no data: numbers inside a program would be compiled into it. */
export interface StepScalars {
  /** i32 [2], of the whole run; the step is folded in. */
  readonly key: Tensor;
  /** f32 [2]: the rate as a sum of two floats, so that a float64 device gets it whole. */
  readonly learningRate: Tensor;
  /** i32: updates done before this one. */
  readonly step: Tensor;
}

/** By metric, `loss` first. */
export type MetricStates = Readonly<Record<string, MetricState>>;

export interface TrainedValues {
  readonly weights: Weights;
  readonly frozen: Weights;
  readonly optimizerState: OptimizerState;
}

/** What the loss of a batch depends on beside weights and data. */
export interface LossSetup {
  readonly network: Network;
  readonly objectives: readonly LossGoal[];
  /** value · scale + offset of the first input, done in the first kernel. */
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
  /** What values between layers are stored as; f32 where it is left out. */
  readonly storedAs?: ShortFloat | undefined;
  /** Whether what is inside blocks is computed once more for the gradient. */
  readonly recompute?: boolean | undefined;
}

/** What a program is compiled for; equal setups share it. */
export interface StepSetup extends LossSetup {
  readonly objectives: readonly BoundObjective[];
}

/** Old values, metrics so far, a batch and the step's scalars to new values, metrics and the loss. */
type TrainFunction = (
  values: TrainedValues,
  metrics: MetricStates,
  batch: DeviceBatch,
  scalars: StepScalars,
) => TrainedValues & { readonly metrics: MetricStates; readonly loss: Tensor };

export type TrainStep = TrainFunction & {
  /** Compiles without running. */
  explain(...args: Parameters<TrainFunction>): Promise<string>;
};

/** The largest float: a loss beyond it is infinite. */
const largest = 3.4028234663852886e38;

/** The loss to differentiate, and what else its computation gives. */
export interface LossAndResult {
  readonly value: Tensor;
  readonly aux: Forward;
}

/** What the network gives for a batch, and the losses of its objectives, without their weights. */
interface Forward {
  readonly result: NetworkResult;
  readonly losses: readonly Tensor[];
}

/** The loss of training as a function of the weights, frozen ones apart. */
export function trainingLoss(
  setup: LossSetup,
): (weights: Weights, frozen: Weights, batch: DeviceBatch, key: Tensor) => LossAndResult {
  return (weights, frozen, batch, key) => {
    const inputs = batchInputs(setup, batch);
    const context = { training: true, key, storedAs: setup.storedAs, recompute: setup.recompute };
    const result = applyNetwork(setup.network, { ...weights, ...frozen }, inputs, context);
    const losses = goalLosses(setup.objectives, batch, result);
    return { value: totalLoss(setup.objectives, losses, result), aux: { result, losses } };
  };
}

/**
 * One step of training: loss, gradients, update, metrics. Values are donated. Nothing is updated when the loss is not
 * finite.
 */
export function makeTrainStep(setup: StepSetup, optimizer: Optimizer): TrainStep {
  const lossOf = trainingLoss(setup);
  const step: TrainFunction = ({ weights, frozen, optimizerState }, metrics, batch, scalars) => {
    const key = fold(scalars.key, scalars.step);
    const { value, gradient, aux } = valueAndGrad<Parameters<typeof lossOf>, Forward>(lossOf, { hasAux: true })(
      weights,
      frozen,
      batch,
      key,
    );
    const rate = scalars.learningRate.sum();
    const isFinite = value.abs().lessEqual(largest);
    const kept = (news: Weights, olds: Weights): Weights => chosen(isFinite, news, olds);
    // The mean of several batches is due at its step, whatever the loss of that step's own batch is.
    const { isAccumulating = false } = optimizer;
    const counted = isAccumulating ? kept(gradient, mapTensors(gradient, zerosLike)) : gradient;
    const moved = isAccumulating ? onlyKnown : kept;
    // A layer may make something else of a weight of its own before the step, such as a kernel that it normalizes.
    const updated = optimizer.update(kept(aux.result.state, weights), counted, optimizerState, rate, scalars.step);
    return {
      weights: moved(constrained(setup.network, updated.weights), weights),
      frozen: kept(aux.result.state, frozen),
      optimizerState: Object.fromEntries(
        Object.entries(optimizerState).map(([slot, olds]) => [slot, moved(updated.state[slot] ?? {}, olds)]),
      ),
      metrics: updateMetrics(setup, metrics, { batch, loss: value, ...aux }),
      loss: value,
    };
  };
  return jit(step, { donate: [0] });
}

/** The weights as their constraints want them, after every batch as in Keras. */
function constrained({ weights: placed }: Network, news: Weights): Weights {
  const rules = new Map(placed.map(({ path, constraint }) => [path, constraint]));
  return mapTensors(news, (weight, path) => {
    const rule = rules.get(path);
    return rule === undefined ? weight : constrain(rule, weight);
  });
}

/** In the order of the old values, so that each new one takes over the memory of its own. */
function chosen(condition: Tensor, news: Weights, olds: Weights): Weights {
  return Object.fromEntries(
    Object.entries(olds).map(([path, old]) => {
      const changed = news[path];
      return [path, changed === undefined ? old : where(condition, changed, old)];
    }),
  );
}

/** The new values in the order of the old ones, so that each takes over the memory of its own. */
function onlyKnown(news: Weights, olds: Weights): Weights {
  return mapTensors(olds, (old, path) => news[path] ?? old);
}

/** Metrics after a batch, and new values of the weights that evaluation moves on. */
export interface Tested {
  readonly metrics: MetricStates;
  readonly carried: Weights;
}

export type TestStep = (weights: Weights, metrics: MetricStates, batch: DeviceBatch) => Tested;

/** One step of evaluation: loss and metrics of a batch, without dropout, with moving statistics. */
export function makeTestStep(setup: StepSetup): TestStep {
  return jit((weights: Weights, metrics: MetricStates, batch: DeviceBatch) => {
    const context = { training: false, storedAs: setup.storedAs };
    const result = applyNetwork(setup.network, weights, batchInputs(setup, batch), context);
    const losses = goalLosses(setup.objectives, batch, result);
    const loss = totalLoss(setup.objectives, losses, result);
    return {
      metrics: updateMetrics(setup, metrics, { batch, loss, result, losses }),
      carried: carriedOf(setup.network, result.state),
    };
  });
}

/** New values of the weights that inference too moves on: the states of recurrent layers. */
function carriedOf({ weights }: Network, state: Weights): Weights {
  const carried = weights.flatMap(({ path, isCarried }) => {
    const moved = state[path];
    return isCarried === true && moved !== undefined ? [[path, moved]] : [];
  });
  return Object.fromEntries(carried);
}

/** What the network gives for a batch, and new values of the weights that predictions move on. */
export interface Predicted {
  readonly outputs: readonly Tensor[];
  readonly carried: Weights;
}

export interface PredictStep {
  (weights: Weights, inputs: readonly Tensor[]): Predicted;
  /** What the step is compiled to, as text. */
  explain(weights: Weights, inputs: readonly Tensor[]): Promise<string>;
}

export interface PredictSetup extends Pick<StepSetup, "network" | "scale" | "offset" | "storedAs"> {
  /** What logits are divided by before the last activation; 1 where nothing is known of it. */
  readonly temperature?: number | undefined;
}

/** Predictions for a batch. */
export function makePredictStep({ network, scale, offset, storedAs, temperature = 1 }: PredictSetup): PredictStep {
  const step = (steady: Weights, stored: Weights, inputs: readonly Tensor[]): Predicted => {
    const context = { training: false, storedAs };
    const weights = { ...steady, ...stored };
    const { outputs, logits, state } = applyNetwork(network, weights, rescaledFirst(inputs, scale, offset), context);
    return {
      outputs: outputs.map((output, place) => {
        const own = logits[place];
        if (temperature === 1 || own === undefined) return output;
        return activate(own.activation, own.values.div(temperature));
      }),
      carried: carriedOf(network, state),
    };
  };
  // Weights that predictions move on change at each call.
  const isSteady = network.weights.every(({ isCarried }) => isCarried !== true);
  const run = jit(step, { constant: isSteady ? [0] : [] });
  const parted = (weights: Weights): [Weights, Weights] => [shortWeights(weights, false), shortWeights(weights, true)];
  return Object.assign((weights: Weights, inputs: readonly Tensor[]) => run(...parted(weights), inputs), {
    explain: (weights: Weights, inputs: readonly Tensor[]) => run.explain(...parted(weights), inputs),
  });
}

/** Weights in blocks of few bits, or the others: what is prepared of the former would take the memory that they save. */
function shortWeights(weights: Weights, isShort: boolean): Weights {
  return Object.fromEntries(Object.entries(weights).filter(([, { dtype }]) => (dtype !== "f32") === isShort));
}

/** What the network gives before its last activation. @throws option when that is neither sigmoid nor softmax */
export function makeLogitsStep({
  network,
  scale,
  offset,
  storedAs,
}: PredictSetup): (weights: Weights, inputs: readonly Tensor[]) => Logits {
  let activation: Logits["activation"] = "softmax"; // tracing, which comes before the first result, says which
  const run = jit((weights: Weights, inputs: readonly Tensor[]) => {
    const {
      logits: [logits],
    } = applyNetwork(network, weights, rescaledFirst(inputs, scale, offset), { training: false, storedAs });
    if (logits === undefined) {
      throw new SinterError(
        "option",
        'The network ends in neither sigmoid nor softmax, so it has no logits. Add activation: "softmax" to its last layer.',
      );
    }
    ({ activation } = logits);
    return logits.values;
  });
  return (weights, inputs) => {
    const values = run(weights, inputs);
    return { activation, values };
  };
}

/** What the network takes of a batch: the first input's bytes as f32, changed at random where asked, times the scale. */
export function batchInputs(
  { scale, offset, augment }: Pick<LossSetup, "scale" | "offset" | "augment">,
  { x, furtherInputs = [], changes }: DeviceBatch,
): Tensor[] {
  if (changes?.mixing !== undefined && furtherInputs.length > 0) {
    throw new SinterError(
      "option",
      "mixup and cutmix: the model takes several inputs, of which only one would be mixed. Leave them out of augment.",
    );
  }
  const moved = augment === undefined || changes === undefined ? x : augmentBatch(x, changes, augment);
  return rescaledFirst([moved, ...furtherInputs], scale, offset);
}

function rescaledFirst([x, ...others]: readonly Tensor[], scale: number, offset: number): Tensor[] {
  if (x === undefined) return others;
  const scaled = scale === 1 ? x : x.cast("f32").mul(scale);
  return [offset === 0 ? scaled : scaled.cast("f32").add(offset), ...others];
}

interface Measured extends Forward {
  readonly batch: DeviceBatch;
  readonly loss: Tensor;
}

function updateMetrics({ objectives }: StepSetup, states: MetricStates, measured: Measured): MetricStates {
  const { batch, loss, result, losses } = measured;
  const outcomes = objectives.map((_, place) => outcomeOf(objectives, place, batch, result));
  const numSamples = batch.x.shape[0] ?? 0;
  const mean = (name: string, value: Tensor): MetricState => {
    const { sum = full([], 0), count = full([], 0, { dtype: "i32" }) } = states[name] ?? {};
    return { sum: sum.add(value.mul(numSamples)), count: count.add(numSamples) };
  };
  const ofLosses = objectives.flatMap(({ lossName }, place) => {
    const own = losses[place];
    return lossName === undefined || own === undefined ? [] : [[lossName, mean(lossName, own)] as const];
  });
  const ofMetrics = objectives.flatMap(({ metrics }, place) => {
    const outcome = outcomes[place];
    if (outcome === undefined) return [];
    return metrics.map((metric) => [metric.name, metric.update(states[metric.name] ?? {}, outcome)] as const);
  });
  const ofWeighted = objectives.flatMap(({ weightedMetrics }, place) => {
    const outcome = outcomes[place];
    if (outcome === undefined || weightedMetrics.length === 0) return [];
    const weights = lossWeights(ofTarget(batch, place)) ?? full([numSamples], 1);
    return weightedMetrics.map((metric) => {
      const state = metric.update(states[metric.name] ?? {}, { ...outcome, weights: weights.cast("f32") });
      return [metric.name, state] as const;
    });
  });
  return Object.fromEntries([["loss", mean("loss", loss)] as const, ...ofLosses, ...ofMetrics, ...ofWeighted]);
}
