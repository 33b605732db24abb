// The compiled programs of a model: one step of training, of evaluation, of prediction. Pure functions over trees of
// tensors; everything that changes from step to step is an argument.

import { SinterError } from "#engine/base/error.ts";
import { full, zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { augmentBatch, type BatchChanges } from "#learning/data/augment-batch.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { activate } from "#learning/nn/activations.ts";
import type { Logits, Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type Network, type NetworkResult } from "#learning/nn/network.ts";
import type { Optimizer, OptimizerState } from "#learning/optim/optimizer.ts";
import { mapTensors } from "#learning/optim/rule.ts";
import { lossValue, type Loss } from "./losses.ts";
import type { BoundMetric, MetricState } from "./metrics.ts";
import { countedLabels, lossLabels, lossWeights } from "./mixed-labels.ts";

/** A batch on the device. */
export interface DeviceBatch {
  readonly x: Tensor;
  readonly y: Tensor;
  /** What each sample's loss is multiplied with: f32 [n]. */
  readonly weights?: Tensor;
  /** Of augmentation. */
  readonly changes?: BatchChanges<Tensor>;
}

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

/** What a program is compiled for; equal setups share it. */
export interface StepSetup {
  readonly network: Network;
  readonly loss: Loss;
  readonly metrics: readonly BoundMetric[];
  /** value · scale + offset, done in the first kernel. */
  readonly scale: number;
  readonly offset: number;
  readonly augment?: AugmentOptions | undefined;
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

/**
 * One step of training: loss, gradients, update, metrics. Values are donated. Nothing is updated when the loss is not
 * finite.
 */
export function makeTrainStep(setup: StepSetup, optimizer: Optimizer): TrainStep {
  const { network } = setup;
  const lossOf = (weights: Weights, frozen: Weights, batch: DeviceBatch, key: Tensor): LossAndResult => {
    const result = applyNetwork(network, { ...weights, ...frozen }, pixels(setup, batch), { training: true, key });
    return { value: totalLoss(setup.loss, batch, result), aux: result };
  };
  const step: TrainFunction = ({ weights, frozen, optimizerState }, metrics, batch, scalars) => {
    const key = fold(scalars.key, scalars.step);
    const { value, gradient, aux } = valueAndGrad<Parameters<typeof lossOf>, NetworkResult>(lossOf, { hasAux: true })(
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
    const updated = optimizer.update(kept(aux.state, weights), counted, optimizerState, rate, scalars.step);
    return {
      weights: moved(updated.weights, weights),
      frozen: kept(aux.state, frozen),
      optimizerState: Object.fromEntries(
        Object.entries(optimizerState).map(([slot, olds]) => [slot, moved(updated.state[slot] ?? {}, olds)]),
      ),
      metrics: updateMetrics(setup, metrics, { batch, loss: value, predictions: aux.output }),
      loss: value,
    };
  };
  return jit(step, { donate: [0] });
}

export interface LossAndResult {
  readonly value: Tensor;
  readonly aux: NetworkResult;
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

export type TestStep = (weights: Weights, metrics: MetricStates, batch: DeviceBatch) => MetricStates;

/** One step of evaluation: loss and metrics of a batch, without dropout, with moving statistics. */
export function makeTestStep(setup: StepSetup): TestStep {
  return jit((weights: Weights, metrics: MetricStates, batch: DeviceBatch) => {
    const result = applyNetwork(setup.network, weights, pixels(setup, batch), { training: false });
    const loss = totalLoss(setup.loss, batch, result);
    return updateMetrics(setup, metrics, { batch, loss, predictions: result.output });
  });
}

export interface PredictStep {
  (weights: Weights, x: Tensor): Tensor;
  /** What the step is compiled to, as text. */
  explain(weights: Weights, x: Tensor): Promise<string>;
}

export interface PredictSetup extends Pick<StepSetup, "network" | "scale" | "offset"> {
  /** What logits are divided by before the last activation; 1 where nothing is known of it. */
  readonly temperature?: number | undefined;
}

/** Predictions for a batch. */
export function makePredictStep({ network, scale, offset, temperature = 1 }: PredictSetup): PredictStep {
  return jit((weights: Weights, x: Tensor) => {
    const { output, logits } = applyNetwork(network, weights, rescaled(x, scale, offset), { training: false });
    if (temperature === 1 || logits === undefined) return output;
    return activate(logits.activation, logits.values.div(temperature));
  });
}

/** What the network gives before its last activation. @throws option when that is neither sigmoid nor softmax */
export function makeLogitsStep({ network, scale, offset }: PredictSetup): (weights: Weights, x: Tensor) => Logits {
  let activation: Logits["activation"] = "softmax"; // tracing, which comes before the first result, says which
  const run = jit((weights: Weights, x: Tensor) => {
    const { logits } = applyNetwork(network, weights, rescaled(x, scale, offset), { training: false });
    if (logits === undefined) {
      throw new SinterError(
        "option",
        'The network ends in neither sigmoid nor softmax, so it has no logits. Add activation: "softmax" to its last layer.',
      );
    }
    ({ activation } = logits);
    return logits.values;
  });
  return (weights, x) => {
    const values = run(weights, x);
    return { activation, values };
  };
}

/** Bytes as f32, changed at random where asked, times the scale. */
export function pixels({ scale, offset, augment }: StepSetup, { x, changes }: DeviceBatch): Tensor {
  const moved = augment === undefined || changes === undefined ? x : augmentBatch(x, changes, augment);
  return rescaled(moved, scale, offset);
}

function rescaled(x: Tensor, scale: number, offset: number): Tensor {
  const scaled = scale === 1 ? x : x.cast("f32").mul(scale);
  return offset === 0 ? scaled : scaled.cast("f32").add(offset);
}

/** The loss with the penalties of regularizers and layers. */
export function totalLoss(loss: Loss, batch: DeviceBatch, { output, logits, losses }: NetworkResult): Tensor {
  const prediction = { output, logits };
  const compared = lossLabels(loss, batch, prediction);
  const value = lossValue(compared.loss, compared.labels, prediction, lossWeights(batch));
  return losses.reduce((sum, extra) => sum.add(extra), value);
}

interface Measured {
  readonly batch: DeviceBatch;
  readonly loss: Tensor;
  readonly predictions: Tensor;
}

function updateMetrics(
  { metrics }: StepSetup,
  states: MetricStates,
  { batch, loss, predictions }: Measured,
): MetricStates {
  const outcome = { labels: countedLabels(batch), predictions };
  const numSamples = batch.x.shape[0] ?? 0;
  const { sum = full([], 0), count = full([], 0, { dtype: "i32" }) } = states["loss"] ?? {};
  return {
    loss: { sum: sum.add(loss.mul(numSamples)), count: count.add(numSamples) },
    ...Object.fromEntries(metrics.map((metric) => [metric.name, metric.update(states[metric.name] ?? {}, outcome)])),
  };
}
