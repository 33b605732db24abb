// Picture classification as a whole job: a folder of pictures in, a folder of a run out. The validation part chooses the
// epoch; the test part is read once, when all else is done.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { currentDevice } from "#engine/tensor/device.ts";
import type { Model } from "#learning/train/model.ts";
import { BestEpoch } from "./best-epoch.ts";
import { imageClassifier } from "./image-classifier.ts";
import { buildImageModel } from "./image-model.ts";
import { brokenPictures, readImageParts, type ImageParts } from "./image-parts.ts";
import { checkIsFree, createRunFolder, runFiles, type JsonObject, type RunFolder } from "./run-folder.ts";
import type { Scores } from "./scores.ts";
import { configOf, planOf, type TrainEvent, type TrainOptions, type TrainPlan } from "./train-options.ts";

/** What a finished job leaves. */
export interface TrainedRun {
  /** The folder of the run. */
  readonly run: string;
  readonly classNames: readonly string[];
  /** The epoch that the validation part chose, from 1; 0 when training was stopped within the first. */
  readonly bestEpoch: number;
  readonly isStopped: boolean;
  /** The part that `scores` were taken on: without a test part the validation part, which also chose the epoch. */
  readonly part: "test" | "validation";
  /** Undefined when training was stopped. */
  readonly scores: Scores | undefined;
}

/**
 * Trains a classifier of pictures and writes its run: config.json, model.json and model.safetensors (of the best epoch),
 * history.jsonl, evaluation.json, environment.json.
 * @throws option for wrong options, or an `out` that exists; file and data for folders that do not serve
 * @example
 * const { run, scores } = await trainImageClassifier({ folder: "photos", imageSize: [64, 64], epochs: 5 });
 */
export async function trainImageClassifier(options: TrainOptions): Promise<TrainedRun> {
  const plan = planOf(options);
  const report = options.onProgress ?? (() => undefined);
  if (plan.out !== undefined) await checkIsFree(plan.out);
  const parts = await readImageParts(plan);
  const { classNames } = parts;
  const { imageSize, seed, optimizer, learningRate } = plan;
  const { model, name, loss } = await buildImageModel(plan.model, { imageSize, classNames, channels: 3, seed });
  model.compile({ optimizer, learningRate, loss, metrics: ["accuracy"] });
  const folder = await startRun(plan, { classNames, modelName: name, environment: options.environment });
  reportStart(report, parts, { model, name }, folder);
  const best = new BestEpoch({ plan, folder, report, numTrain: parts.train.numSamples });
  const isStopped = await fit(model, plan, parts, best);
  if (best.epoch === 0) await model.save(folder.path);
  const part = parts.test === undefined ? "validation" : "test";
  const scores = isStopped ? undefined : await evaluateBest(folder, parts);
  if (scores !== undefined) {
    await folder.writeJson(runFiles.evaluation, { part, bestEpoch: best.epoch, ...jsonOfScores(scores) });
    report({ kind: "evaluation", part, scores });
  }
  await recordBroken(folder, parts, report);
  return { run: folder.path, classNames, bestEpoch: best.epoch, isStopped, part, scores };
}

/** The folder of the run with what is known before the first step. */
async function startRun(
  plan: TrainPlan,
  known: { classNames: readonly string[]; modelName: string; environment: JsonObject | undefined },
): Promise<RunFolder> {
  const folder = await createRunFolder(plan.out);
  const { model } = plan;
  if (typeof model === "object" && model.text !== undefined) await folder.writeText(model.name, model.text);
  await folder.writeJson(runFiles.config, configOf(plan, known.classNames, known.modelName));
  const { name, description } = currentDevice();
  await folder.writeJson(runFiles.environment, { ...known.environment, device: name, deviceDescription: description });
  return folder;
}

function reportStart(
  report: (event: TrainEvent) => void,
  parts: ImageParts,
  { model, name }: { readonly model: Model; readonly name: string },
  folder: RunFolder,
): void {
  const { train, validation, test, classNames, sources } = parts;
  report({
    kind: "data",
    run: folder.path,
    classNames,
    numTrain: train.numSamples,
    numValidation: validation.numSamples,
    numTest: test?.numSamples ?? 0,
    sources,
  });
  const numWeights = model.network.weights.reduce((total, { shape }) => total + sizeOf(shape), 0);
  report({ kind: "model", name, numWeights, summary: model.summary() });
}

/** Trains; gives whether the signal ended it. */
async function fit(model: Model, plan: TrainPlan, parts: ImageParts, best: BestEpoch): Promise<boolean> {
  const { epochs, stepsPerEpoch, seed, signal } = plan;
  try {
    await model.fit(parts.train, {
      epochs,
      stepsPerEpoch,
      validationData: parts.validation,
      callbacks: [best.callback()],
      verbose: 0,
      seed,
      signal,
    });
    return false;
  } catch (error) {
    if (error instanceof SinterError && error.code === "aborted" && signal?.aborted === true) return true;
    throw error;
  }
}

/** The scores of the model as it lies on disk: what is measured is what will be used. */
async function evaluateBest(folder: RunFolder, { test, validation }: ImageParts): Promise<Scores> {
  const classifier = await imageClassifier.load(folder.path);
  return classifier.evaluateDataset(test ?? validation);
}

async function recordBroken(folder: RunFolder, parts: ImageParts, report: (event: TrainEvent) => void): Promise<void> {
  const pictures = brokenPictures(parts);
  if (pictures.length === 0) return;
  await folder.writeJson(runFiles.broken, { pictures: pictures.map(({ file, reason }) => ({ file, reason })) });
  report({ kind: "broken", pictures });
}

function jsonOfScores({ confusion, perClass, ...numbers }: Scores): JsonObject {
  return {
    ...numbers,
    confusion: confusion.map((row) => [...row]),
    perClass: perClass.map((scores) => ({ ...scores })),
  };
}
