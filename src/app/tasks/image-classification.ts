// Picture classification as a whole job: a folder of pictures in, a folder of a run out. The validation part chooses the
// epoch; the test part is read once, when all else is done. A run that was ended goes on from its newest checkpoint.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { currentDevice } from "#engine/tensor/device.ts";
import { calibrate } from "#learning/train/calibrate.ts";
import type { LearningRateCurve } from "#learning/train/find-learning-rate.ts";
import type { Model } from "#learning/train/model.ts";
import { BestEpoch, numEpochsOf } from "./best-epoch.ts";
import { checkSameData, recordData } from "./data-record.ts";
import { pathIn } from "./evaluation-folder.ts";
import { eventFiles } from "./event-files.ts";
import { findImageLearningRate, rateCurveText, roundedRate } from "./find-rate.ts";
import { textIn } from "./json-fields.ts";
import { imageClassifier } from "./image-classifier.ts";
import { buildImageModel, namedModel, type ImageModel } from "./image-model.ts";
import { brokenPictures, classWeightOf, readImageParts, type ImageParts } from "./image-parts.ts";
import { checkMemory, withLargestLayers } from "./memory-check.ts";
import { configOf, optionsOfConfig, withPathsFrom } from "./run-config.ts";
import {
  checkIsFree,
  createRunFolder,
  freePath,
  jsonText,
  openRunFolder,
  runFiles,
  type JsonObject,
  type RunFolder,
} from "./run-folder.ts";
import { lockRun } from "./run-lock.ts";
import type { Scores } from "./scores.ts";
import { planOf, type TrainEvent, type TrainOptions, type TrainPlan } from "./train-options.ts";
import { trainHeadFirst } from "./transfer.ts";

/** What a finished job leaves. */
export interface TrainedRun {
  /** The folder of the run. */
  readonly run: string;
  readonly classNames: readonly string[];
  /** The epoch that the validation part chose, from 1; 0 when training was stopped within the first. */
  readonly bestEpoch: number;
  readonly isStopped: boolean;
  /** Whether the run was finished before, so that nothing was to be done. */
  readonly wasFinished: boolean;
  /** The part that `scores` were taken on: without a test part the validation part, which also chose the epoch. */
  readonly part: "test" | "validation";
  /** Undefined when training was stopped, or was finished before. */
  readonly scores: Scores | undefined;
}

/** What may be said of a run that goes on; the rest is in its config.json. */
export interface ResumeOptions extends Pick<TrainOptions, "environment" | "signal" | "onProgress"> {
  /** Gives the model, where it is the user's own, by its name in config.json: a file in the run, or "function". */
  readonly loadModel?: ((name: string) => ImageModel | Promise<ImageModel>) | undefined;
}

/** A job, new or going on. */
interface Job {
  readonly plan: TrainPlan;
  readonly report: (event: TrainEvent) => void;
  readonly environment: JsonObject | undefined;
  /** The folder of the run that goes on. */
  readonly begun: RunFolder | undefined;
  /** The range test that chose the learning rate. */
  readonly rateCurve?: LearningRateCurve;
}

/**
 * Trains a classifier of pictures and writes its run: config.json, data.json, environment.json, checkpoints, model.json and
 * model.safetensors (of the best epoch), history.jsonl, evaluation.json.
 * @throws option for wrong options, or an `out` that exists; file and data for folders that do not serve; memory where the
 * machine has too little
 * @example
 * const { run, scores } = await trainImageClassifier({ folder: "photos", imageSize: [64, 64], epochs: 5 });
 */
export async function trainImageClassifier(options: TrainOptions): Promise<TrainedRun> {
  const plan = planOf(options);
  if (plan.out !== undefined) await checkIsFree(plan.out);
  const { onProgress: report = () => undefined, environment } = options;
  const job = { plan, report, environment, begun: undefined };
  return work(options.learningRate === "auto" ? await withFoundRate(job) : job);
}

/**
 * Goes on with a run that was ended, at any moment and in any way, from its newest good checkpoint; from the beginning where
 * there is none. The result is, bit for bit, that of a run that was never ended. A finished run is left as it is.
 * @param run the folder that `trainImageClassifier` wrote
 * @throws file when it is no run; format when it is damaged; data when the pictures are not as they were
 */
export async function resumeImageClassifier(run: string, options: ResumeOptions = {}): Promise<TrainedRun> {
  const folder = await openRunFolder(run);
  const config = (await folder.readJson(runFiles.config)) ?? {};
  const stored = optionsOfConfig(config, pathIn(run, runFiles.config));
  const finished = await folder.readJson(runFiles.evaluation);
  if (finished !== undefined) return finishedRun(run, config, finished);
  const { onProgress: report = () => undefined, environment, signal } = options;
  const model = await storedModel(stored.modelName, options.loadModel);
  const plan = planOf({ ...(await withPathsFrom(run, stored)), model, signal });
  return work({ plan, report, environment, begun: folder });
}

/** The job with the learning rate that a range test suggests. @throws data when it suggests none */
async function withFoundRate(job: Job): Promise<Job> {
  const { epochs: _epochs, stepsPerEpoch: _steps, learningRate: _rate, ...plan } = job.plan;
  const { earlyStopping: _stopping, calibrate: _calibrate, out: _out, checkpointSteps: _saved, ...rest } = plan;
  const { transfer, rescale: _rescale, ...options } = rest;
  const rateCurve = await findImageLearningRate({ ...options, weights: transfer?.weights });
  const { suggestion, points } = rateCurve;
  if (suggestion === undefined) {
    throw new SinterError(
      "data",
      "The range test suggests no learning rate: the loss fell nowhere. Give learningRate.",
    );
  }
  const learningRate = roundedRate(suggestion);
  job.report({ kind: "learningRate", learningRate, numSteps: points.length });
  return { ...job, plan: { ...job.plan, learningRate }, rateCurve };
}

/** The model that a run was begun with. @throws option when it was the user's own, and nobody gives it */
async function storedModel(name: string, load: ResumeOptions["loadModel"]): Promise<ImageModel> {
  const known = namedModel(name);
  if (known !== undefined) return known;
  if (load !== undefined) return load(name);
  throw new SinterError("option", `The run was begun with the model "${name}". Give it by the option loadModel.`, {
    name,
  });
}

/** A run that was done before. */
function finishedRun(run: string, { classNames }: JsonObject, { part, bestEpoch }: JsonObject): TrainedRun {
  return {
    run,
    classNames: Array.isArray(classNames) ? classNames.map(String) : [],
    bestEpoch: Number(bestEpoch),
    isStopped: false,
    wasFinished: true,
    part: part === "test" ? "test" : "validation",
    scores: undefined,
  };
}

async function work(job: Job): Promise<TrainedRun> {
  const { plan, report } = job;
  const parts = await readImageParts(plan);
  const { classNames } = parts;
  const { imageSize, seed, optimizer, learningRate } = plan;
  const request = { imageSize, classNames, channels: 3, seed } as const;
  const { model, name, loss } = await buildImageModel(plan.model, request, plan.transfer);
  checkMemory(model.network, plan.batchSize);
  model.compile({ optimizer, learningRate, loss, metrics: ["accuracy"] });
  const folder = await runFolderFor(job, parts, name);
  const unlock = await lockRun(folder.path);
  try {
    reportStart(report, parts, { model, name }, folder);
    return await trainAndScore(model, job, parts, folder);
  } finally {
    await unlock();
  }
}

async function trainAndScore(model: Model, job: Job, parts: ImageParts, folder: RunFolder): Promise<TrainedRun> {
  const { plan, report } = job;
  const { classNames } = parts;
  const best = new BestEpoch({ plan, folder, report, parts });
  const isTrained = await unlessStopped<true>(plan.signal, async () => {
    if (plan.transfer !== undefined)
      await trainHeadFirst(model, { plan, transfer: plan.transfer, report, parts, best, folder });
    if (plan.transfer?.fineTuneEpochs !== 0) await fit(model, job, parts, { best, folder });
    return true;
  });
  if (best.epoch === 0) await model.save(folder.path);
  await recordBroken(folder, parts, report);
  const part = parts.test === undefined ? "validation" : "test";
  const scores = isTrained && (await unlessStopped(plan.signal, () => evaluateBest(job, folder, parts)));
  if (scores !== undefined) {
    await folder.writeJson(runFiles.evaluation, { part, bestEpoch: best.epoch, ...jsonOfScores(scores) });
    report({ kind: "evaluation", part, scores });
  }
  const isStopped = scores === undefined;
  return { run: folder.path, classNames, bestEpoch: best.epoch, isStopped, wasFinished: false, part, scores };
}

/** The result of a task; undefined when the signal ended it. */
async function unlessStopped<Result>(
  signal: AbortSignal | undefined,
  task: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SinterError && error.code === "aborted" && signal?.aborted === true) return undefined;
    throw error;
  }
}

/** The folder of the run with what is known before the first step; of a run that goes on, compared with what is there. */
async function runFolderFor(job: Job, parts: ImageParts, modelName: string): Promise<RunFolder> {
  const { plan, begun, environment, rateCurve } = job;
  const data = await recordData(parts, plan.signal);
  if (begun !== undefined) {
    const before = await begun.readJson(runFiles.data);
    if (before === undefined) await begun.writeJson(runFiles.data, data);
    else checkSameData(before, data, begun.path);
    await warnOfOtherBits(begun, job.report);
    return begun;
  }
  const { model } = plan;
  const { name, description, arithmetic } = currentDevice();
  const path = await freePath(plan.out);
  const facts = { ...environment, device: name, deviceDescription: description, arithmetic };
  const contents = new Map<string, string>([
    [runFiles.environment, jsonText(facts)],
    [runFiles.data, jsonText(data)],
    [runFiles.config, jsonText(configOf(plan, parts.classNames, modelName, path))],
  ]);
  if (rateCurve !== undefined) contents.set(runFiles.rateCurve, rateCurveText(rateCurve));
  if (typeof model === "object" && model.text !== undefined) contents.set(model.name, model.text);
  return createRunFolder(path, contents);
}

/** What was computed on one kind of device goes on on another, but with other last bits. */
async function warnOfOtherBits(folder: RunFolder, report: (event: TrainEvent) => void): Promise<void> {
  const before = textIn(await folder.readJson(runFiles.environment), "arithmetic");
  const { arithmetic } = currentDevice();
  if (before === undefined || before === arithmetic) return;
  const message =
    `The run was begun with the arithmetic "${before}" and goes on with "${arithmetic}": its last bits will be others than ` +
    "those of a run that was never ended. Choose the same device to keep them.";
  report({ kind: "warning", message });
}

function reportStart(
  report: (event: TrainEvent) => void,
  parts: ImageParts,
  { model, name }: { readonly model: Model; readonly name: string },
  folder: RunFolder,
): void {
  const { train, validation, test, classNames, isSplit, sources } = parts;
  report({
    kind: "data",
    run: folder.path,
    classNames,
    numTrain: train.numSamples,
    numValidation: validation.numSamples,
    numTest: test?.numSamples ?? 0,
    isSplit,
    sources,
  });
  const numWeights = model.network.weights.reduce((total, { shape }) => total + sizeOf(shape), 0);
  report({ kind: "model", name, numWeights, summary: model.summary() });
}

async function fit(
  model: Model,
  { plan, report }: Job,
  parts: ImageParts,
  { best, folder }: { readonly best: BestEpoch; readonly folder: RunFolder },
): Promise<void> {
  const { epochs, transfer, stepsPerEpoch, seed, signal, checkpointSteps, batchSize } = plan;
  const training = model.fit(parts.train, {
    epochs: numEpochsOf(plan),
    initialEpoch: transfer === undefined ? 0 : epochs,
    stepsPerEpoch,
    validationData: parts.validation,
    classWeight: classWeightOf(plan, parts.train),
    callbacks: [best.callback(), ...eventFiles(plan, folder.path)],
    checkpoints: {
      folder: pathIn(folder.path, runFiles.checkpoints),
      everySteps: checkpointSteps,
      isBest: () => best.isBest,
      onWarning: (message) => report({ kind: "warning", message }),
      onSaving: (checkpoint) => report({ kind: "saving", checkpoint }),
      onSaved: (checkpoint) => report({ kind: "saved", checkpoint }),
      onRestored: ({ epoch, step }) => report({ kind: "resumed", run: folder.path, epoch, step }),
    },
    verbose: 0,
    seed,
    signal,
  });
  await training.catch((error: unknown) => {
    throw withLargestLayers(error, model.network, batchSize);
  });
}

/** The scores of the model as it lies on disk: what is measured is what will be used. */
async function evaluateBest({ plan, report }: Job, folder: RunFolder, parts: ImageParts): Promise<Scores> {
  const { test, validation } = parts;
  const { signal } = plan;
  const classifier = await imageClassifier.load(folder.path);
  if (plan.calibrate === true) {
    const calibration = await calibrate(classifier.model, validation, { signal });
    await classifier.model.save(folder.path);
    report({ kind: "calibration", calibration });
  }
  return classifier.evaluateDataset(test ?? validation, signal);
}

/** Those that an earlier process of this run met are listed too. */
async function recordBroken(folder: RunFolder, parts: ImageParts, report: (event: TrainEvent) => void): Promise<void> {
  const pictures = brokenPictures(parts);
  if (pictures.length === 0) return;
  const before = (await folder.readJson(runFiles.broken))?.["pictures"];
  const earlier = Array.isArray(before) ? before.filter((one) => typeof one === "object" && one !== null) : [];
  const known = new Set(pictures.map(({ file }) => file));
  const others = earlier.filter((one) => !("file" in one && known.has(String(one["file"]))));
  const now = pictures.map(({ file, reason }) => ({ file, reason }));
  await folder.writeJson(runFiles.broken, { pictures: [...others, ...now] });
  report({ kind: "broken", pictures });
}

function jsonOfScores({ confusion, perClass, ...numbers }: Scores): JsonObject {
  return {
    ...numbers,
    confusion: confusion.map((row) => [...row]),
    perClass: perClass.map((scores) => ({ ...scores })),
  };
}
