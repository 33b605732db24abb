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
export { model, type FunctionalOptions } from "../learning/train/functional.js";
export type { EvaluateOptions } from "../learning/train/evaluate.js";
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
export { networkFunction, type ApplyOptions, type NetworkFunction } from "../learning/train/network-function.js";
export type { ByOutput, Goals, OutputMetrics } from "../learning/train/objectives.js";
export type { OnBatchOptions } from "../learning/train/on-batch.js";
export type { PredictOptions } from "../learning/train/predict.js";
export type { Verbose } from "../learning/train/progress.js";
export type { SaveOptions } from "../learning/train/save.js";
