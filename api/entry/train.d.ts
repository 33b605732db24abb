export type { Callback, FitContext, MonitorOptions } from "../learning/train/callbacks/callback.js";
export {
  calibrate,
  type CalibrateOptions,
  type Calibration,
  type CalibrationMeasures,
} from "../learning/train/calibrate.js";
export { expectedCalibrationError, type ThresholdGoal } from "../learning/train/calibration.js";
export { callbacks } from "../learning/train/callbacks/callbacks.js";
export type { TensorBoardOptions } from "../learning/train/callbacks/tensor-board.js";
export type { ClassWeight } from "../learning/train/class-weight.js";
export type { CompileOptions } from "../learning/train/compile.js";
export type { LoadOptions } from "../learning/train/described-model.js";
export type { ExportOnnxOptions } from "../learning/train/export-onnx.js";
export { fineTune, type FineTuneOptions } from "../learning/train/fine-tune.js";
export type { FeatureProgress } from "../learning/train/frozen-features.js";
export { model, type FunctionalOptions } from "../learning/train/functional.js";
export type { EvaluateOptions } from "../learning/train/evaluate.js";
export { boxIou, convertBoxes, type ConvertBoxesOptions, type OverlapKind } from "../learning/train/detection/boxes.js";
export {
  Detector,
  objectsOf,
  type DecodedBoxes,
  type DetectOptions,
  type DetectorFitOptions,
  type DetectorParts,
} from "../learning/train/detection/detector.js";
export {
  meanAveragePrecision,
  type AveragePrecision,
  type AveragePrecisionOptions,
  type ClassPrecision,
} from "../learning/train/detection/mean-average-precision.js";
export {
  nonMaxSuppression,
  type KeptBoxes,
  type SuppressionOptions,
} from "../learning/train/detection/non-max-suppression.js";
export { maskIou } from "../learning/train/detection/overlaps.js";
export type { History } from "../learning/train/history.js";
export {
  losses,
  type CrossentropyOptions,
  type DistanceMetric,
  type FocalOptions,
  type Loss,
  type LossName,
  type MarginOptions,
  type OverlapOptions,
  type Prediction,
  type Reduction,
  type ReductionOptions,
  type SparseOptions,
} from "../learning/train/losses.js";
export { lossValue } from "../learning/train/loss-value.js";
export type { SeveralValues, Values } from "../learning/train/several-values.js";
export type { Logs } from "../learning/train/metric-states.js";
export { loadAdapters, saveAdapters } from "../learning/train/lora-files.js";
export { lora, mergeLora, type LoraOptions } from "../learning/train/lora.js";
export {
  metrics,
  type BindContext,
  type BoundMetric,
  type Metric,
  type MetricConfig,
  type MetricName,
  type MetricState,
  type MetricValues,
  type Outcome,
} from "../learning/train/metrics.js";
export { graphModel, onnxModel, type GraphModelOptions } from "../learning/train/graph-model.js";
export { loadModel, modelFromKeras } from "../learning/train/load-model.js";
export { modelFromTfjs, saveTfjs, tfjsFiles, type SaveTfjsOptions } from "../learning/train/tfjs-files.js";
export { sequential, type FitOptions, type Model, type SequentialOptions } from "../learning/train/model.js";
export {
  nearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
  type Neighbour,
  type NeighbourSearchOptions,
  type VectorRows,
} from "../learning/train/nearest-neighbours.js";
export { nextLogits, type NextLogitsOptions } from "../learning/train/next-logits.js";
export { networkFunction, type ApplyOptions, type NetworkFunction } from "../learning/train/network-function.js";
export type { ByOutput, Goals, OutputMetrics } from "../learning/train/objectives.js";
export type { OnBatchOptions } from "../learning/train/on-batch.js";
export {
  pictureFeatures,
  type PictureFeatureOptions,
  type PictureFeatures,
} from "../learning/train/picture-features.js";
export type { PredictOptions } from "../learning/train/predict.js";
export type { Verbose } from "../learning/train/progress.js";
export { quantizeWeights, type QuantizeWeightsOptions } from "../learning/train/quantize-weights.js";
export type { SaveOptions } from "../learning/train/save.js";
export { trainHead, type TrainHeadOptions } from "../learning/train/train-head.js";
export type { Targets } from "../learning/train/targets.js";
