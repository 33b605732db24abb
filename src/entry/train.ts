// The door sinter/train: models, losses, metrics and callbacks.

export type { Callback, FitContext, MonitorOptions } from "#learning/train/callbacks/callback.ts";
export {
  calibrate,
  type CalibrateOptions,
  type Calibration,
  type CalibrationMeasures,
} from "#learning/train/calibrate.ts";
export { expectedCalibrationError, type ThresholdGoal } from "#learning/train/calibration.ts";
export { callbacks } from "#learning/train/callbacks/callbacks.ts";
export type { TensorBoardOptions } from "#learning/train/callbacks/tensor-board.ts";
export type { ClassWeight } from "#learning/train/class-weight.ts";
export type { CompileOptions } from "#learning/train/compile.ts";
export type { LoadOptions } from "#learning/train/described-model.ts";
export type { ExportOnnxOptions } from "#learning/train/export-onnx.ts";
export { fineTune, type FineTuneOptions } from "#learning/train/fine-tune.ts";
export type { FeatureProgress } from "#learning/train/frozen-features.ts";
export { model, type FunctionalOptions } from "#learning/train/functional.ts";
export type { EvaluateOptions } from "#learning/train/evaluate.ts";
export { boxIou, convertBoxes, type ConvertBoxesOptions, type OverlapKind } from "#learning/train/detection/boxes.ts";
export {
  Detector,
  objectsOf,
  type DecodedBoxes,
  type DetectOptions,
  type DetectorFitOptions,
  type DetectorParts,
} from "#learning/train/detection/detector.ts";
export {
  meanAveragePrecision,
  type AveragePrecision,
  type AveragePrecisionOptions,
  type ClassPrecision,
} from "#learning/train/detection/mean-average-precision.ts";
export {
  nonMaxSuppression,
  type KeptBoxes,
  type SuppressionOptions,
} from "#learning/train/detection/non-max-suppression.ts";
export { maskIou } from "#learning/train/detection/overlaps.ts";
export type { History } from "#learning/train/history.ts";
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
} from "#learning/train/losses.ts";
export { lossValue } from "#learning/train/loss-value.ts";
export type { SeveralValues, Values } from "#learning/train/several-values.ts";
export type { Logs } from "#learning/train/metric-states.ts";
export { loadAdapters, saveAdapters } from "#learning/train/lora-files.ts";
export { lora, mergeLora, type LoraOptions } from "#learning/train/lora.ts";
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
} from "#learning/train/metrics.ts";
export { graphModel, onnxModel, type GraphModelOptions } from "#learning/train/graph-model.ts";
export { loadModel, modelFromKeras } from "#learning/train/load-model.ts";
export { modelFromTfjs, saveTfjs, tfjsFiles, type SaveTfjsOptions } from "#learning/train/tfjs-files.ts";
export { sequential, type FitOptions, type Model, type SequentialOptions } from "#learning/train/model.ts";
export {
  nearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
  type Neighbour,
  type NeighbourSearchOptions,
  type VectorRows,
} from "#learning/train/nearest-neighbours.ts";
export { nextLogits, type NextLogitsOptions } from "#learning/train/next-logits.ts";
export { networkFunction, type ApplyOptions, type NetworkFunction } from "#learning/train/network-function.ts";
export type { ByOutput, Goals, OutputMetrics } from "#learning/train/objectives.ts";
export type { OnBatchOptions } from "#learning/train/on-batch.ts";
export { pictureFeatures, type PictureFeatureOptions, type PictureFeatures } from "#learning/train/picture-features.ts";
export type { PredictOptions } from "#learning/train/predict.ts";
export type { Verbose } from "#learning/train/progress.ts";
export { quantizeWeights, type QuantizeWeightsOptions } from "#learning/train/quantize-weights.ts";
export type { SaveOptions } from "#learning/train/save.ts";
export { trainHead, type TrainHeadOptions } from "#learning/train/train-head.ts";
export type { Targets } from "#learning/train/targets.ts";
