// The door sinter/data: data sets from folders of pictures and texts, from tables, arrays and tokens; tokenizers and sampling.

export type { AugmentOptions, FillMode } from "#learning/data/augment.ts";
export { classWeights, type Oversample } from "#learning/data/balance.ts";
export type { Factor } from "#learning/data/box.ts";
export { checkFolder, type CheckFolderOptions, type ClassCount, type DataReport } from "#learning/data/check-folder.ts";
export type { DataFinding, FindingKind } from "#learning/data/data-findings.ts";
export type { FindingDetail, FindingValues } from "#learning/data/finding-messages.ts";
export type {
  Batch,
  BatchOptions,
  BrokenSample,
  Dataset,
  HostTensor,
  LabelMode,
  Rescale,
} from "#learning/data/dataset.ts";
export type { AnnotatedPicture, BoxAnnotations } from "#learning/data/detection/annotations.ts";
export {
  boxDataset,
  objectDetectionFolder,
  type BoxDatasetOptions,
  type BoxTargets,
  type DetectionDataset,
  type DetectionFolderOptions,
} from "#learning/data/detection/box-dataset.ts";
export { cocoResults, readCoco, writeCocoResults, type CocoResult } from "#learning/data/detection/coco-json.ts";
export { readVoc, type VocOptions } from "#learning/data/detection/voc-xml.ts";
export { readYolo, type YoloOptions } from "#learning/data/detection/yolo-text.ts";
export type {
  BoxForm,
  CornerBox,
  PictureDetections,
  PictureObjects,
  PictureSize,
} from "#learning/data/detection/picture-objects.ts";
export type { DiskCacheOptions, DiskCacheReport } from "#learning/data/disk-cache.ts";
export type { RandomErasingOptions } from "#learning/data/erase.ts";
export type { ArrayInput, SeveralArrays } from "#learning/data/array-values.ts";
export { fromArrays, type FromArraysOptions } from "#learning/data/from-arrays.ts";
export { imageFiles, type PictureInput, type PictureLabels, type PictureOptions } from "#learning/data/image-files.ts";
export { findSplits, imageFolder, type ImageFolderOptions, type Splits } from "#learning/data/image-folder.ts";
export type { CutMixOptions, MixUpOptions } from "#learning/data/mix.ts";
export {
  encodePng,
  previewAugment,
  previewSheet,
  type AugmentPreview,
  type PreviewOptions,
} from "#learning/data/preview-augment.ts";
export type { RandAugmentOptions } from "#learning/data/rand-augment.ts";
export type { AugmentPreset } from "#learning/data/augment-options.ts";
export {
  beamSearch,
  generateTokens,
  type BeamResult,
  type BeamSearchOptions,
  type GenerateOptions,
  type NextLogits,
} from "#learning/data/text/generate.ts";
export { applyChatTemplate, type ChatMessage, type ChatTemplateOptions } from "#learning/data/text/chat-template.ts";
export { textPieces, type TextPiecesOptions } from "#learning/data/text/text-pieces.ts";
export * as sampling from "#learning/data/text/sampling.ts";
export {
  encodeTexts,
  textFolder,
  type EncodeTextsOptions,
  type LabelledTexts,
  type TextFolderOptions,
} from "#learning/data/text/text-folder.ts";
export { loadTokenizer } from "#learning/data/text/load-tokenizer.ts";
export { textWindows, type TextWindowsOptions } from "#learning/data/text/text-windows.ts";
export {
  tokenizer,
  type DecodeOptions,
  type EncodedText,
  type EncodeOptions,
  type IntegerTensor,
  type Tokenizer,
  type TokenizerOptions,
} from "#learning/data/text/tokenizer.ts";
export type { AddedToken, TokenizerJson, TokenizerStep } from "#learning/data/text/tokenizer-json.ts";
export {
  trainBytePair,
  trainWordPiece,
  type TrainBytePairOptions,
  type TrainWordPieceOptions,
} from "#learning/data/text/train-tokenizer.ts";
export type { MovedSample, MovingDataset, MovingTargets } from "#learning/data/moving-dataset.ts";
export {
  segmentationFolder,
  type Colour,
  type MaskTargets,
  type SegmentationDataset,
  type SegmentationFolderOptions,
} from "#learning/data/segmentation-folder.ts";
export type { SampleDataset, ViewOptions } from "#learning/data/sample-dataset.ts";
export { kFold, splitByClass, type FoldOptions, type SplitDataset, type SplitOptions } from "#learning/data/split.ts";
export { statisticsOf, type Statistics, type StatisticsOptions } from "#learning/data/statistics.ts";
export {
  imagesFromArrays,
  imageWindows,
  readPicture,
  type LabelledPicture,
  type PictureArrayOptions,
  type WindowOptions,
} from "#learning/data/windows.ts";
export {
  binBoundariesOf,
  vocabularyOf,
  type AdaptData,
  type BinBoundariesOptions,
  type IntegerVocabulary,
  type VocabularyOptions,
} from "#learning/data/adapt.ts";
export {
  stringLookup,
  type NestedStrings,
  type StringLookup,
  type StringLookupConfig,
  type StringLookupOptions,
} from "#learning/data/string-lookup.ts";
export {
  textVectorization,
  type SplitText,
  type Standardize,
  type TextVectorization,
  type TextVectorizationOptions,
} from "#learning/data/text-vectorization.ts";
export { readTable, type ReadTableOptions, type TableFormat } from "#learning/data/table.ts";
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
} from "#learning/data/table/columns.ts";
export type { TableLimits } from "#learning/data/table/limits.ts";
export type { CsvOptions } from "#learning/data/table/read-csv.ts";
export {
  splitTable,
  tableDataset,
  type SplitTableOptions,
  type TableDatasetOptions,
} from "#learning/data/table/table-dataset.ts";
export {
  tableEncoding,
  tableEncodingOf,
  type EncodedRows,
  type FeatureOptions,
  type TableEncoding,
  type TableEncodingConfig,
  type TableEncodingOptions,
  type TargetConfig,
} from "#learning/data/table/table-encoding.ts";
export type {
  CategoryFeature,
  FeatureConfig,
  MissingRule,
  NumberFeature,
} from "#learning/data/table/table-features.ts";
