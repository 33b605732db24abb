export {
  compareRuns,
  type CompareOptions,
  type Difference,
  type PairTest,
  type RunComparison,
  type SamePictures,
  type ScoreRow,
} from "../app/tasks/compare-runs.js";
export { convertFile, type Conversion, type ConvertOptions, type ConvertTarget } from "../app/tasks/convert-file.js";
export {
  crossValidate,
  type CrossValidateOptions,
  type CrossValidation,
  type FoldScore,
  type FoldScoreName,
} from "../app/tasks/cross-validate.js";
export { findImageLearningRate, type FindRateOptions } from "../app/tasks/find-rate.js";
export type { Fold } from "../app/tasks/image-parts.js";
export { inspectFile, type FileReport, type InspectFileOptions, type TensorFacts } from "../app/tasks/inspect-file.js";
export type { EventFacts, GraphFacts, InitializerFacts, OtherFacts, TableFacts } from "../app/tasks/inspect-other.js";
export { inspectRun, type RunFile, type RunReport } from "../app/tasks/inspect-run.js";
export { listRuns, type RunOrder } from "../app/tasks/list-runs.js";
export type { RunRecord, RunState } from "../app/tasks/run-record.js";
export {
  resumeImageClassifier,
  trainImageClassifier,
  type ResumeOptions,
  type TrainedRun,
} from "../app/tasks/image-classification.js";
export {
  imageClassifier,
  type EvaluateFolderOptions,
  type ImageClassifier,
  type ImagePrediction,
  type PictureAnswer,
  type PredictImageOptions,
} from "../app/tasks/image-classifier.js";
export type { ImageModel, ModelBuilder, ModelRequest, ModelSource } from "../app/tasks/image-model.js";
export { writeReport, type ReportOptions, type WrittenReport } from "../app/tasks/report/write-report.js";
export type { ReportParts } from "../app/tasks/report/gather.js";
export type { Phase, ResourceUse } from "../app/tasks/report/resources.js";
export {
  similarPictures,
  type SimilarPicture,
  type SimilarPictures,
  type SimilarPicturesOptions,
} from "../app/tasks/similar-pictures.js";
export { embedFile, type EmbeddedTexts, type EmbedFileOptions } from "../app/tasks/embed-file.js";
export {
  textEmbedder,
  type EmbedOptions,
  type LoadEmbedderOptions,
  type TextEmbedder,
} from "../app/tasks/text-embedder.js";
export type { ClassScores, Scores } from "../app/tasks/scores.js";
export { textGenerator, type GenerateTextOptions, type TextGenerator } from "../app/tasks/text-generator.js";
export type { TrainEvent, TrainOptions } from "../app/tasks/train-options.js";
export type { LearningRateCurve, LearningRatePoint } from "../learning/train/find-learning-rate.js";
