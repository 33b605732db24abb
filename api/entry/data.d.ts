export type { AugmentOptions, FillMode } from "../learning/data/augment.js";
export type {
  Batch,
  BatchOptions,
  BrokenSample,
  Dataset,
  HostTensor,
  LabelMode,
  Rescale,
} from "../learning/data/dataset.js";
export { fromArrays, type ArrayInput, type FromArraysOptions } from "../learning/data/from-arrays.js";
export {
  imageFiles,
  type PictureInput,
  type PictureLabels,
  type PictureOptions,
} from "../learning/data/image-files.js";
export { findSplits, imageFolder, type ImageFolderOptions, type Splits } from "../learning/data/image-folder.js";
export type { AugmentPreset } from "../learning/data/augment-options.js";
export type { SampleDataset, ViewOptions } from "../learning/data/sample-dataset.js";
export { splitByClass, type SplitDataset, type SplitOptions } from "../learning/data/split.js";
export {
  imagesFromArrays,
  imageWindows,
  readPicture,
  type LabelledPicture,
  type PictureArrayOptions,
  type WindowOptions,
} from "../learning/data/windows.js";
