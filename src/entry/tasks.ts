// The door sinter/tasks: a whole job in one call.

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
export type { ClassScores, Scores } from "#app/tasks/scores.ts";
export type { TrainEvent, TrainOptions } from "#app/tasks/train-options.ts";
