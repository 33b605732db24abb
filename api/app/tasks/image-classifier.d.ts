import { type PictureInput } from "../../learning/data/image-files.js";
import type { SampleDataset } from "../../learning/data/sample-dataset.js";
import type { Model } from "../../learning/train/model.js";
import { type Scores } from "./scores.js";
export interface ImagePrediction {
  readonly label: string;
  readonly probability: number;
  readonly probabilities: Readonly<Record<string, number>>;
}
export type PictureAnswer =
  | {
      readonly kind: "prediction";
      readonly index: number;
      readonly prediction: ImagePrediction;
    }
  | {
      readonly kind: "broken";
      readonly index: number;
      readonly reason: string;
    };
export interface PredictImageOptions {
  readonly top?: number;
  readonly signal?: AbortSignal;
}
export interface EvaluateFolderOptions {
  readonly onBroken?: "skip" | "error";
  readonly signal?: AbortSignal;
}
export declare class ImageClassifier {
  #private;
  readonly classNames: readonly string[];
  readonly imageSize: readonly [height: number, width: number];
  readonly model: Model;
  constructor(model: Model);
  predict(pictures: readonly PictureInput[], options?: PredictImageOptions): Promise<ImagePrediction[]>;
  predictEach(
    pictures: readonly PictureInput[],
    { top, signal }?: PredictImageOptions,
  ): AsyncGenerator<PictureAnswer, void, undefined>;
  evaluate(
    folder: string,
    options?: EvaluateFolderOptions,
  ): Promise<
    Scores & {
      readonly folder: string;
      readonly broken: SampleDataset["broken"];
    }
  >;
  evaluateDataset(dataset: SampleDataset, signal?: AbortSignal): Promise<Scores>;
}
export declare const imageClassifier: {
  load(run: string): Promise<ImageClassifier>;
};
