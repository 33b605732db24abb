export type { NameRule } from "../learning/formats/archive-names.js";
export {
  readArchive,
  writeArchive,
  type Archive,
  type ArchiveEntry,
  type ArchiveLimits,
  type WriteArchiveOptions,
} from "../learning/formats/archive.js";
export type { GgufValue } from "../learning/formats/gguf-header.js";
export { decodeGguf, readGguf, type GgufFile, type ReadGgufOptions } from "../learning/formats/gguf.js";
export {
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  readNpy,
  type NpzFile,
  type NpyTexts,
} from "../learning/formats/npy.js";
export type { GraphDescription, NodeFacts } from "../learning/formats/onnx/describe.js";
export type { GraphLimits, GraphRunOptions } from "../learning/formats/onnx/limits.js";
export { loadOnnx, type GraphEnd, type GraphRunner } from "../learning/formats/onnx/load.js";
export { decodePyTorch, readPyTorch, type PyTorchFile } from "../learning/formats/pytorch.js";
export type { QuantizedTensor } from "../learning/formats/quantized-tensor.js";
export { readTensors, type TensorFile } from "../learning/formats/read-tensors.js";
export { recognize, recognizeBytes, type FileFormat, type Recognized } from "../learning/formats/recognize.js";
export {
  loadSafetensors,
  readSafetensors,
  type ReadSafetensorsOptions,
} from "../learning/formats/safetensors-files.js";
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "../learning/formats/safetensors.js";
export type { NumberRules } from "../learning/formats/stored-values.js";
export { decodeEvents, encodeEvents, readEvents, type EventFile } from "../learning/formats/tfevents.js";
export {
  EventWriter,
  type EventWriterOptions,
  type EventWriterPlace,
  type PrCurveData,
} from "../learning/formats/tfevents/event-writer.js";
export type {
  EventContent,
  ExperimentSummary,
  GraphNode,
  HistogramSummary,
  HyperparameterInfo,
  HyperparameterValue,
  ImagesSummary,
  MetricInfo,
  OtherSummary,
  PrCurveSummary,
  ScalarSummary,
  SessionEndSummary,
  SessionStartSummary,
  SummaryValue,
  TextSummary,
  TfEvent,
} from "../learning/formats/tfevents/event.js";
export { histogramSummary, prCurveSummary, type PrCurveOptions } from "../learning/formats/tfevents/make-summary.js";
export type { TfjsQuantization } from "../learning/formats/tfjs/encode-weights.js";
export { loadTfjsWeights } from "../learning/formats/tfjs/files.js";
export { decodeTfjsGraph, loadTfjsGraph } from "../learning/formats/tfjs/graph-model.js";
export { decodeTfjsWeights, type StoredTexts, type TfjsWeights } from "../learning/formats/tfjs/weights.js";
