// The door sinter/tasks: a whole job in one call.

export {
  compareRuns,
  type CompareOptions,
  type Difference,
  type PairTest,
  type RunComparison,
  type SamePictures,
  type ScoreRow,
} from "#app/tasks/compare-runs.ts";
export { convertFile, type Conversion, type ConvertOptions, type ConvertTarget } from "#app/tasks/convert-file.ts";
export {
  crossValidate,
  type CrossValidateOptions,
  type CrossValidation,
  type FoldScore,
  type FoldScoreName,
} from "#app/tasks/cross-validate.ts";
export { findImageLearningRate, type FindRateOptions } from "#app/tasks/find-rate.ts";
export type { Fold } from "#app/tasks/image-parts.ts";
export { inspectFile, type FileReport, type InspectFileOptions, type TensorFacts } from "#app/tasks/inspect-file.ts";
export type { EventFacts, GraphFacts, InitializerFacts, OtherFacts, TableFacts } from "#app/tasks/inspect-other.ts";
export { inspectRun, type RunFile, type RunReport } from "#app/tasks/inspect-run.ts";
export { listRuns, type RunOrder } from "#app/tasks/list-runs.ts";
export type { RunRecord, RunState } from "#app/tasks/run-record.ts";
export {
  resumeImageClassifier,
  trainImageClassifier,
  type ResumeOptions,
  type TrainedRun,
} from "#app/tasks/image-classification.ts";
export {
  imageClassifier,
  type EvaluateFolderOptions,
  type ImageClassifier,
  type ImagePrediction,
  type PictureAnswer,
  type PredictImageOptions,
} from "#app/tasks/image-classifier.ts";
export type { ImageModel, ModelBuilder, ModelRequest, ModelSource } from "#app/tasks/image-model.ts";
export { writeReport, type ReportOptions, type WrittenReport } from "#app/tasks/report/write-report.ts";
export type { ReportParts } from "#app/tasks/report/gather.ts";
export type { Phase, ResourceUse } from "#app/tasks/report/resources.ts";
export {
  similarPictures,
  type SimilarPicture,
  type SimilarPictures,
  type SimilarPicturesOptions,
} from "#app/tasks/similar-pictures.ts";
export { embedFile, type EmbeddedTexts, type EmbedFileOptions } from "#app/tasks/embed-file.ts";
export {
  textEmbedder,
  type EmbedOptions,
  type LoadEmbedderOptions,
  type TextEmbedder,
} from "#app/tasks/text-embedder.ts";
export type { ClassScores, Scores } from "#app/tasks/scores.ts";
export { textGenerator, type GenerateTextOptions, type TextGenerator } from "#app/tasks/text-generator.ts";
export type { TrainEvent, TrainOptions } from "#app/tasks/train-options.ts";
export type { LearningRateCurve, LearningRatePoint } from "#learning/train/find-learning-rate.ts";
