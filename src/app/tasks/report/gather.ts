// All that a report says, gathered from a run and its data: numbers, and the pictures that illustrate them. Writes nothing.

import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { currentDevice } from "#engine/tensor/device.ts";
import type { DataReport } from "#learning/data/check-folder.ts";
import { previewAugment, type AugmentPreview } from "#learning/data/preview-augment.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { Model } from "#learning/train/model.ts";
import type { ImageClassifier } from "../image-classifier.ts";
import { scoresOf, type Scores } from "../scores.ts";
import {
  averagePrecision,
  calibrationOf,
  precisionRecallCurve,
  rocCurve,
  thinned,
  type Calibration,
  type PrecisionRecallPoint,
  type RocPoint,
} from "./curves.ts";
import { layerCosts, type LayerCost } from "./layer-costs.ts";
import { occlusionMap, type OcclusionMap } from "./occlusion.ts";
import {
  answersOf,
  bestHits,
  confidenceOf,
  confusedPairs,
  worstMistakes,
  type Answer,
  type ConfusedPair,
} from "./predictions.ts";
import { resourcesFrom, type ResourceUse } from "./resources.ts";
import { numberIn } from "../json-fields.ts";
import type { RunRecord } from "./run-record.ts";

/** The parts of the data that a run was made with. */
export interface ReportParts {
  readonly train: SampleDataset;
  readonly validation: SampleDataset;
  readonly test: SampleDataset | undefined;
}

/** What a report is made from. */
export interface ReportSources {
  readonly record: RunRecord;
  readonly classifier: ImageClassifier;
  readonly parts: ReportParts;
  readonly dataReport: DataReport | undefined;
  readonly resources: ResourceUse | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Curves of one class against all others; at most 200 points each. */
export interface ClassCurves {
  readonly label: number;
  readonly name: string;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  readonly roc: readonly RocPoint[];
  readonly precisionRecall: readonly PrecisionRecallPoint[];
}

/** An answer and its occlusion map. */
export interface ExplainedAnswer {
  readonly answer: Answer;
  readonly map: OcclusionMap;
}

/** Everything that a report says. */
export interface ReportFacts {
  readonly record: RunRecord;
  readonly part: "test" | "validation";
  readonly classNames: readonly string[];
  readonly imageSize: readonly [height: number, width: number];
  readonly bestEpoch: number | undefined;
  readonly scores: Scores;
  readonly curves: readonly ClassCurves[];
  readonly calibration: Calibration;
  readonly meanConfidence: number;
  readonly mistakes: readonly Answer[];
  readonly hits: readonly Answer[];
  readonly pairs: readonly ConfusedPair[];
  readonly occlusion: readonly ExplainedAnswer[];
  readonly augmentation: readonly AugmentPreview[];
  readonly layers: readonly LayerCost[];
  readonly numParameters: number;
  readonly counts: readonly PartCount[];
  readonly dataReport: DataReport | undefined;
  readonly numBroken: number;
  readonly resources: ResourceUse | undefined;
  readonly speed: Speed;
}

/** Pictures of one part, in all and by class. */
export interface PartCount {
  readonly part: "train" | "validation" | "test";
  readonly numSamples: number;
  readonly byClass: readonly number[];
}

/** Pictures a second; undefined where it was not recorded. */
export interface Speed {
  readonly train: number | undefined;
  readonly predict: number;
  /** Bytes of the tensors that lived on the device when the report was made. */
  readonly deviceBytes: number;
}

const numMistakes = 12;
const numHits = 6;
const numPairs = 4;
const numPicturesOfPair = 3;
const numExplained = 2;
const numPoints = 200;

/** Gathers what a report says. @throws aborted by the signal */
export async function gatherFacts(sources: ReportSources): Promise<ReportFacts> {
  const { record, classifier, parts, signal } = sources;
  const { model, classNames, imageSize } = classifier;
  const dataset = parts.test ?? parts.validation;
  const start = platform().now();
  const answers = await answersOf(model, dataset, signal);
  const predictSpeed = (answers.length * 1000) / Math.max(1, platform().now() - start);
  const rows = answers.map(({ probabilities }) => probabilities);
  const labels = answers.map(({ label }) => label);
  const scores = scoresOf(rows, labels, classNames);
  const mistakes = worstMistakes(answers, numMistakes);
  const hits = bestHits(answers, numHits);
  const layers = layerCosts(model.network);
  return {
    record,
    part: parts.test === undefined ? "validation" : "test",
    classNames,
    imageSize,
    bestEpoch: bestEpochOf(record),
    scores,
    curves: curvesOf(rows, labels, scores),
    ...reliabilityOf(answers),
    mistakes,
    hits,
    pairs: confusedPairs(answers, numPairs, numPicturesOfPair),
    occlusion: await explain(model, [...mistakes.slice(0, numExplained), ...hits.slice(0, numExplained)], signal),
    augmentation: await previews(parts.train),
    layers,
    numParameters: model.network.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    counts: countsOf(parts, classNames.length),
    dataReport: sources.dataReport,
    numBroken: numBrokenOf(parts),
    resources: sources.resources ?? resourcesFrom(record.resources),
    speed: {
      train: trainSpeed(record, parts.train),
      predict: predictSpeed,
      deviceBytes: currentDevice().liveBytes,
    },
  };
}

function bestEpochOf({ evaluation, history }: RunRecord): number | undefined {
  const told = evaluation === undefined ? undefined : numberIn(evaluation, "bestEpoch");
  return told ?? history.findLast(({ isBest }) => isBest)?.epoch;
}

function curvesOf(rows: readonly (readonly number[])[], labels: readonly number[], scores: Scores): ClassCurves[] {
  return scores.perClass.map(({ name, auc }, label) => {
    const column = rows.map((row) => row[label] ?? 0);
    const isPositive = labels.map((truth) => truth === label);
    const whole = precisionRecallCurve(column, isPositive);
    return {
      label,
      name,
      auc,
      averagePrecision: whole.length === 0 ? null : averagePrecision(whole),
      roc: thinned(rocCurve(column, isPositive), numPoints),
      precisionRecall: thinned(whole, numPoints),
    };
  });
}

function reliabilityOf(answers: readonly Answer[]): Pick<ReportFacts, "calibration" | "meanConfidence"> {
  const confidences = answers.map(confidenceOf);
  const isRight = answers.map(({ label, given }) => label === given);
  return {
    calibration: calibrationOf(confidences, isRight),
    meanConfidence: confidences.reduce((sum, one) => sum + one, 0) / Math.max(1, confidences.length),
  };
}

async function explain(model: Model, answers: readonly Answer[], signal?: AbortSignal): Promise<ExplainedAnswer[]> {
  const explained: ExplainedAnswer[] = [];
  for (const answer of answers) {
    // oxlint-disable-next-line no-await-in-loop -- one set of covered pictures in memory at a time
    explained.push({ answer, map: await occlusionMap(model, answer, signal) });
  }
  return explained;
}

async function previews(train: SampleDataset): Promise<AugmentPreview[]> {
  if (train.augment === undefined) return [];
  return await previewAugment(train, { numPictures: 4, numVariants: 5 });
}

function countsOf(parts: ReportParts, numClasses: number): PartCount[] {
  const named = [
    ["train", parts.train],
    ["validation", parts.validation],
    ["test", parts.test],
  ] as const;
  return named.flatMap(([part, dataset]) => {
    if (dataset === undefined) return [];
    const byClass = Array.from({ length: numClasses }, () => 0);
    for (const label of dataset.labels ?? []) byClass[label] = (byClass[label] ?? 0) + 1;
    return { part, numSamples: dataset.numSamples, byClass };
  });
}

function numBrokenOf({ train, validation, test }: ReportParts): number {
  return new Set([train, validation, test].flatMap((part) => (part?.broken ?? []).map(({ file }) => file))).size;
}

/** Pictures of all epochs over their time. */
function trainSpeed({ config, history }: RunRecord, train: SampleDataset): number | undefined {
  const [steps, batchSize] = [numberIn(config, "stepsPerEpoch"), numberIn(config, "batchSize")];
  const isOversampled = config["balance"] === "oversample";
  const whole = isOversampled ? train.numBatches * train.batchSize : train.numSamples;
  const numAnEpoch = steps === undefined || batchSize === undefined ? whole : steps * batchSize;
  const seconds = history.reduce((sum, { values }) => sum + (values["seconds"] ?? 0), 0);
  return seconds > 0 ? (numAnEpoch * history.length) / seconds : undefined;
}
