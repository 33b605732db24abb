import type { DataReport } from "../../../learning/data/check-folder.js";
import { type AugmentPreview } from "../../../learning/data/preview-augment.js";
import type { SampleDataset } from "../../../learning/data/sample-dataset.js";
import type { ImageClassifier } from "../image-classifier.js";
import { type Scores } from "../scores.js";
import { type Calibration, type PrecisionRecallPoint, type RocPoint } from "./curves.js";
import { type LayerCost } from "./layer-costs.js";
import { type OcclusionMap } from "./occlusion.js";
import { type Answer, type ConfusedPair } from "./predictions.js";
import { type ResourceUse } from "./resources.js";
import type { RunRecord } from "./run-record.js";
export interface ReportParts {
  readonly train: SampleDataset;
  readonly validation: SampleDataset;
  readonly test: SampleDataset | undefined;
}
export interface ReportSources {
  readonly record: RunRecord;
  readonly classifier: ImageClassifier;
  readonly parts: ReportParts;
  readonly dataReport: DataReport | undefined;
  readonly resources: ResourceUse | undefined;
  readonly signal: AbortSignal | undefined;
}
export interface ClassCurves {
  readonly label: number;
  readonly name: string;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  readonly roc: readonly RocPoint[];
  readonly precisionRecall: readonly PrecisionRecallPoint[];
}
export interface ExplainedAnswer {
  readonly answer: Answer;
  readonly map: OcclusionMap;
}
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
export interface PartCount {
  readonly part: "train" | "validation" | "test";
  readonly numSamples: number;
  readonly byClass: readonly number[];
}
export interface Speed {
  readonly train: number | undefined;
  readonly predict: number;
  readonly deviceBytes: number;
}
export declare function gatherFacts(sources: ReportSources): Promise<ReportFacts>;
