import type { Scores } from "./scores.js";
import { type TrainOptions } from "./train-options.js";
export interface TrainedRun {
  readonly run: string;
  readonly classNames: readonly string[];
  readonly bestEpoch: number;
  readonly isStopped: boolean;
  readonly part: "test" | "validation";
  readonly scores: Scores | undefined;
}
export declare function trainImageClassifier(options: TrainOptions): Promise<TrainedRun>;
