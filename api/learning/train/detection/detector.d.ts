import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { DetectionDataset } from "../../data/detection/box-dataset.js";
import { type PictureDetections, type PictureObjects } from "../../data/detection/picture-objects.js";
import { type PictureInput } from "../../data/image-files.js";
import type { CompileOptions } from "../compile.js";
import type { History } from "../history.js";
import type { FitOptions, Model } from "../model.js";
import { type AveragePrecision } from "./mean-average-precision.js";
import { type SuppressionOptions } from "./non-max-suppression.js";
export interface DecodedBoxes {
  readonly boxes: Tensor;
  readonly scores: Tensor;
}
export interface DetectorParts {
  readonly name: string;
  readonly net: Model;
  readonly numClasses: number;
  readonly loss: (outputs: readonly Tensor[], boxes: Tensor, labels: Tensor) => Tensor;
  readonly decode: (outputs: readonly Tensor[]) => DecodedBoxes;
  readonly suppression: Required<Omit<SuppressionOptions, "labels">>;
}
export interface DetectorFitOptions
  extends
    Pick<CompileOptions, "optimizer" | "learningRate" | "mixedPrecision">,
    Omit<FitOptions, "validationData" | "validationSplit" | "classWeight" | "sampleWeight"> {
  readonly validationData?: DetectionDataset;
}
export interface DetectOptions extends Omit<SuppressionOptions, "labels"> {
  readonly batchSize?: number;
}
export declare class Detector {
  #private;
  readonly net: Model;
  readonly numClasses: number;
  classNames: readonly string[] | undefined;
  constructor(parts: DetectorParts);
  fit(dataset: DetectionDataset, options?: DetectorFitOptions): Promise<History>;
  predict(pictures: DetectionDataset | readonly PictureInput[], options?: DetectOptions): Promise<PictureDetections[]>;
  evaluate(dataset: DetectionDataset, options?: DetectOptions): Promise<AveragePrecision>;
}
export declare function objectsOf(dataset: DetectionDataset): PictureObjects[];
