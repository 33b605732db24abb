// The door sinter/formats: files of other libraries to named tensors, graphs and back, and TensorBoard's event files.

export type { NameRule } from "#learning/formats/archive-names.ts";
export {
  readArchive,
  writeArchive,
  type Archive,
  type ArchiveEntry,
  type ArchiveLimits,
  type WriteArchiveOptions,
} from "#learning/formats/archive.ts";
export type { GgufValue } from "#learning/formats/gguf-header.ts";
export { decodeGguf, readGguf, type GgufFile, type ReadGgufOptions } from "#learning/formats/gguf.ts";
export {
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  readNpy,
  type NpzFile,
  type NpyTexts,
} from "#learning/formats/npy.ts";
export type { GraphDescription, NodeFacts } from "#learning/formats/onnx/describe.ts";
export type { GraphLimits, GraphRunOptions } from "#learning/formats/onnx/limits.ts";
export { loadOnnx, type GraphEnd, type GraphRunner } from "#learning/formats/onnx/load.ts";
export { decodePyTorch, readPyTorch, type PyTorchFile } from "#learning/formats/pytorch.ts";
export type { QuantizedTensor } from "#learning/formats/quantized-tensor.ts";
export { readTensors, type TensorFile } from "#learning/formats/read-tensors.ts";
export { recognize, recognizeBytes, type FileFormat, type Recognized } from "#learning/formats/recognize.ts";
export { loadSafetensors, readSafetensors, type ReadSafetensorsOptions } from "#learning/formats/safetensors-files.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "#learning/formats/safetensors.ts";
export type { NumberRules } from "#learning/formats/stored-values.ts";
export { decodeEvents, encodeEvents, readEvents, type EventFile } from "#learning/formats/tfevents.ts";
export {
  EventWriter,
  type EventWriterOptions,
  type EventWriterPlace,
  type PrCurveData,
} from "#learning/formats/tfevents/event-writer.ts";
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
} from "#learning/formats/tfevents/event.ts";
export { histogramSummary, prCurveSummary, type PrCurveOptions } from "#learning/formats/tfevents/make-summary.ts";
export type { TfjsQuantization } from "#learning/formats/tfjs/encode-weights.ts";
export { loadTfjsWeights } from "#learning/formats/tfjs/files.ts";
export { decodeTfjsGraph, loadTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
export { decodeTfjsWeights, type StoredTexts, type TfjsWeights } from "#learning/formats/tfjs/weights.ts";
