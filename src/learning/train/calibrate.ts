// calibrate: a trained classifier's probabilities made honest on data that it was not trained on. Changes no weight: what is
// found is kept in the model's preprocessing and saved with it.

import type { HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import type { Dataset, HostTensor } from "#learning/data/dataset.ts";
import {
  chooseThreshold,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  probabilitiesAt,
  type LabelledLogits,
  type ThresholdGoal,
} from "./calibration.ts";
import { disposeAll } from "./dispose.ts";
import { checkAborted } from "./evaluate.ts";
import { inputsOf, setupOfData, targetsOf, upload } from "./feed.ts";
import { fittingDataset } from "./fitting-data.ts";
import { allWeights, type ModelCore } from "./model-core.ts";
import type { Model } from "./model.ts";
import { makeLogitsStep } from "./step.ts";
import { StepWindow } from "./step-window.ts";

export interface CalibrateOptions {
  /** Whether a temperature is fitted; true by default. Else the model's own stays. */
  readonly temperature?: boolean;
  /** Of two classes: what the threshold is chosen for. Left out, the model's own stays. */
  readonly threshold?: ThresholdGoal;
  readonly signal?: AbortSignal | undefined;
}

/** Measures of the data's probabilities. */
export interface CalibrationMeasures {
  /** Mean negative log likelihood, nats. */
  readonly logLoss: number;
  /** Over 15 bins; of several sigmoid outputs each counts as a sample. */
  readonly expectedCalibrationError: number;
}

export interface Calibration {
  readonly temperature: number;
  /** The least probability of class 1 that counts as it; undefined where none was chosen. */
  readonly threshold: number | undefined;
  /** With temperature 1. */
  readonly before: CalibrationMeasures;
  readonly after: CalibrationMeasures;
}

/**
 * Fits a temperature to labelled data (and, where asked, a threshold), and keeps both in `model.preprocessing`: predictions
 * divide the logits by the temperature from then on, and `save` writes both. Give validation data, never training data.
 * @throws option for a model that does not end in sigmoid or softmax, or a threshold for more than two classes
 * @source Guo et al. 2017, On calibration of modern neural networks
 * @example
 * const { temperature, before, after } = await calibrate(model, validation, { threshold: "f1" });
 */
export async function calibrate(model: Model, dataset: Dataset, options: CalibrateOptions = {}): Promise<Calibration> {
  checkOptions("calibrate", options, ["temperature", "threshold", "signal"]);
  const { temperature: isFitted = true, threshold: goal, signal } = options;
  if (goal !== undefined) choice("calibrate", "threshold", goal, ["f1", "youden"]);
  const data = await gather(model.core, dataset, signal);
  if (goal !== undefined && data.numColumns > (data.activation === "sigmoid" ? 1 : 2)) {
    throw new SinterError("option", `calibrate: a threshold for ${data.numColumns} outputs. It needs two classes.`);
  }
  const temperature = isFitted ? fitTemperature(data) : (model.preprocessing.temperature ?? 1);
  const threshold = goal === undefined ? model.preprocessing.threshold : thresholdOf(data, temperature, goal);
  model.preprocessing = { ...model.preprocessing, temperature, ...(threshold === undefined ? {} : { threshold }) };
  return { temperature, threshold, before: measures(data, 1), after: measures(data, temperature) };
}

function thresholdOf(data: LabelledLogits, temperature: number, goal: ThresholdGoal): number {
  const probabilities = probabilitiesAt(data, temperature);
  const { numColumns } = data;
  const scores = Array.from(data.labels, (_, sample) => probabilities[(sample + 1) * numColumns - 1] ?? 0);
  return chooseThreshold(scores, data.labels, goal).threshold;
}

function measures(data: LabelledLogits, temperature: number): CalibrationMeasures {
  const numColumns = data.activation === "sigmoid" ? 1 : data.numColumns;
  const probabilities = probabilitiesAt(data, temperature);
  return {
    logLoss: negativeLogLikelihood(data, temperature),
    expectedCalibrationError: expectedCalibrationError(probabilities, data.labels, { numColumns }),
  };
}

/** The logits of all samples with their labels. */
async function gather(core: ModelCore, given: Dataset, signal: AbortSignal | undefined): Promise<LabelledLogits> {
  checkOneOutput(core);
  const dataset = fittingDataset(core, given, "calibrate", true);
  const numColumns = core.network.output.shape.at(-1) ?? 1;
  const { scale, offset } = setupOfData(dataset, false);
  const step = makeLogitsStep({ network: core.network, scale, offset, storedAs: core.compiled?.mixedPrecision });
  const parts: Promise<HostArray>[] = [];
  const window = new StepWindow();
  const labels: number[] = [];
  let activation: LabelledLogits["activation"] = "softmax";
  await platform().yield();
  for await (const batch of dataset.batches(0, { shuffle: false, ...(signal === undefined ? {} : { signal }) })) {
    checkAborted(signal, "calibrate");
    const inputs = inputsOf(batch).map(upload);
    const logits = step(allWeights(core), inputs);
    ({ activation } = logits);
    const part = logits.values.data();
    disposeAll([inputs, logits.values]);
    parts.push(part);
    for (const target of targetsOf(batch)) labels.push(...labelsFor(activation, target, numColumns));
    await window.add(part);
  }
  await window.drain();
  const logits = (await Promise.all(parts)).flatMap((part) => Array.from(part));
  return { activation, logits, numColumns, labels };
}

function checkOneOutput({ network }: ModelCore): void {
  const { length } = network.outputs;
  if (length === 1) return;
  throw new SinterError("option", `calibrate: the model has ${length} outputs. It takes a model of one.`, {
    outputs: length,
  });
}

/** Of softmax the classes, of sigmoid 0 or 1 for each output. @throws shape for labels of another layout */
function labelsFor(activation: "sigmoid" | "softmax", { data, shape }: HostTensor, numColumns: number): number[] {
  const [numRows = 0] = shape;
  const width = data.length / numRows;
  if (width === numColumns && activation === "sigmoid") return Array.from(data, (value) => Number(value > 0.5));
  if (activation === "softmax" && width === 1) return Array.from(data);
  if (activation === "softmax" && width === numColumns) {
    return Array.from({ length: numRows }, (_, row) => {
      const columns = data.subarray(row * width, (row + 1) * width);
      return columns.indexOf(Math.max(...columns));
    });
  }
  throw new SinterError(
    "shape",
    `calibrate: labels ${shapeText(shape)} for ${numColumns} outputs of ${activation}. Give labels as for fit.`,
    { labels: shape, numColumns },
  );
}
