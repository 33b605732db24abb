import { type ImageModel } from "./image-model.js";
import type { Scores } from "./scores.js";
import { type TrainOptions } from "./train-options.js";
export interface TrainedRun {
  readonly run: string;
  readonly classNames: readonly string[];
  readonly bestEpoch: number;
  readonly isStopped: boolean;
  readonly wasFinished: boolean;
  readonly part: "test" | "validation";
  readonly scores: Scores | undefined;
}
export interface ResumeOptions extends Pick<TrainOptions, "environment" | "signal" | "onProgress"> {
  readonly loadModel?: ((name: string) => ImageModel | Promise<ImageModel>) | undefined;
}
export declare function trainImageClassifier(options: TrainOptions): Promise<TrainedRun>;
export declare function resumeImageClassifier(run: string, options?: ResumeOptions): Promise<TrainedRun>;
