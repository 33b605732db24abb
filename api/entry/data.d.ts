export type { AugmentOptions, FillMode } from "../learning/data/augment.js";
export { classWeights, type Oversample } from "../learning/data/balance.js";
export type { Factor } from "../learning/data/box.js";
export {
  checkFolder,
  type CheckFolderOptions,
  type ClassCount,
  type DataReport,
} from "../learning/data/check-folder.js";
export type { DataFinding, FindingKind } from "../learning/data/data-findings.js";
export type { FindingDetail, FindingValues } from "../learning/data/finding-messages.js";
export type {
  Batch,
  BatchOptions,
  BrokenSample,
  Dataset,
  HostTensor,
  LabelMode,
  Rescale,
} from "../learning/data/dataset.js";
export type { AnnotatedPicture, BoxAnnotations } from "../learning/data/detection/annotations.js";
export {
  boxDataset,
  objectDetectionFolder,
  type BoxDatasetOptions,
  type BoxTargets,
  type DetectionDataset,
  type DetectionFolderOptions,
} from "../learning/data/detection/box-dataset.js";
export { cocoResults, readCoco, writeCocoResults, type CocoResult } from "../learning/data/detection/coco-json.js";
export { readVoc, type VocOptions } from "../learning/data/detection/voc-xml.js";
export { readYolo, type YoloOptions } from "../learning/data/detection/yolo-text.js";
export type {
  BoxForm,
  CornerBox,
  PictureDetections,
  PictureObjects,
  PictureSize,
} from "../learning/data/detection/picture-objects.js";
export type { DiskCacheOptions, DiskCacheReport } from "../learning/data/disk-cache.js";
export type { RandomErasingOptions } from "../learning/data/erase.js";
export type { ArrayInput, SeveralArrays } from "../learning/data/array-values.js";
export { fromArrays, type FromArraysOptions } from "../learning/data/from-arrays.js";
export {
  imageFiles,
  type PictureInput,
  type PictureLabels,
  type PictureOptions,
} from "../learning/data/image-files.js";
export { findSplits, imageFolder, type ImageFolderOptions, type Splits } from "../learning/data/image-folder.js";
export type { CutMixOptions, MixUpOptions } from "../learning/data/mix.js";
export {
  encodePng,
  previewAugment,
  previewSheet,
  type AugmentPreview,
  type PreviewOptions,
} from "../learning/data/preview-augment.js";
export type { RandAugmentOptions } from "../learning/data/rand-augment.js";
export type { AugmentPreset } from "../learning/data/augment-options.js";
export {
  beamSearch,
  generateTokens,
  type BeamResult,
  type BeamSearchOptions,
  type GenerateOptions,
  type NextLogits,
} from "../learning/data/text/generate.js";
export { applyChatTemplate, type ChatMessage, type ChatTemplateOptions } from "../learning/data/text/chat-template.js";
export { textPieces, type TextPiecesOptions } from "../learning/data/text/text-pieces.js";
export * as sampling from "../learning/data/text/sampling.js";
export {
  encodeTexts,
  textFolder,
  type EncodeTextsOptions,
  type LabelledTexts,
  type TextFolderOptions,
} from "../learning/data/text/text-folder.js";
export { loadTokenizer } from "../learning/data/text/load-tokenizer.js";
export { textWindows, type TextWindowsOptions } from "../learning/data/text/text-windows.js";
export {
  tokenizer,
  type DecodeOptions,
  type EncodedText,
  type EncodeOptions,
  type IntegerTensor,
  type Tokenizer,
  type TokenizerOptions,
} from "../learning/data/text/tokenizer.js";
export type { AddedToken, TokenizerJson, TokenizerStep } from "../learning/data/text/tokenizer-json.js";
export {
  trainBytePair,
  trainWordPiece,
  type TrainBytePairOptions,
  type TrainWordPieceOptions,
} from "../learning/data/text/train-tokenizer.js";
export type { MovedSample, MovingDataset, MovingTargets } from "../learning/data/moving-dataset.js";
export {
  segmentationFolder,
  type Colour,
  type MaskTargets,
  type SegmentationDataset,
  type SegmentationFolderOptions,
} from "../learning/data/segmentation-folder.js";
export type { SampleDataset, ViewOptions } from "../learning/data/sample-dataset.js";
export { kFold, splitByClass, type FoldOptions, type SplitDataset, type SplitOptions } from "../learning/data/split.js";
export { statisticsOf, type Statistics, type StatisticsOptions } from "../learning/data/statistics.js";
export {
  imagesFromArrays,
  imageWindows,
  readPicture,
  type LabelledPicture,
  type PictureArrayOptions,
  type WindowOptions,
} from "../learning/data/windows.js";
export {
  binBoundariesOf,
  vocabularyOf,
  type AdaptData,
  type BinBoundariesOptions,
  type IntegerVocabulary,
  type VocabularyOptions,
} from "../learning/data/adapt.js";
export {
  stringLookup,
  type NestedStrings,
  type StringLookup,
  type StringLookupConfig,
  type StringLookupOptions,
} from "../learning/data/string-lookup.js";
export {
  textVectorization,
  type SplitText,
  type Standardize,
  type TextVectorization,
  type TextVectorizationOptions,
} from "../learning/data/text-vectorization.js";
export { readTable, type ReadTableOptions, type TableFormat } from "../learning/data/table.js";
export {
  columnOf,
  columnValues,
  hasValue,
  numMissing,
  tableOf,
  tableRows,
  type BooleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  type NumericColumn,
  type Table,
  type TextColumn,
} from "../learning/data/table/columns.js";
export type { TableLimits } from "../learning/data/table/limits.js";
export type { CsvOptions } from "../learning/data/table/read-csv.js";
export {
  splitTable,
  tableDataset,
  type SplitTableOptions,
  type TableDatasetOptions,
} from "../learning/data/table/table-dataset.js";
export {
  tableEncoding,
  tableEncodingOf,
  type EncodedRows,
  type FeatureOptions,
  type TableEncoding,
  type TableEncodingConfig,
  type TableEncodingOptions,
  type TargetConfig,
} from "../learning/data/table/table-encoding.js";
export type {
  CategoryFeature,
  FeatureConfig,
  MissingRule,
  NumberFeature,
} from "../learning/data/table/table-features.js";
