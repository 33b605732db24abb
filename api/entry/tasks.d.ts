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
export type { ClassScores, Scores } from "../app/tasks/scores.js";
export type { TrainEvent, TrainOptions } from "../app/tasks/train-options.js";
