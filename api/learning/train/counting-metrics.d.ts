import type { Tensor } from "../../engine/tensor/tensor.js";
import type { BindContext, BoundMetric, Metric, MetricState, Outcome } from "./metrics.js";
export interface MetricOptions {
  readonly name?: string;
}
export interface F1ScoreOptions extends MetricOptions {
  readonly average?: "micro" | "macro" | "weighted" | null;
  readonly threshold?: number | null;
}
export declare function f1Score(options?: F1ScoreOptions): Metric;
export interface FBetaScoreOptions extends F1ScoreOptions {
  readonly beta?: number;
}
export declare function fBetaScore(options?: FBetaScoreOptions): Metric;
export declare function targetsOf({ labels, predictions }: Outcome): Tensor;
export declare function counted(hits: Tensor, { weights }: Outcome): Tensor;
export declare function added(state: MetricState, counts: MetricState): MetricState;
export declare function confusionMatrix(options?: MetricOptions): Metric;
export declare function confusionCounts(
  { predictions, labels }: BindContext,
  threshold: number,
): Pick<BoundMetric, "direction" | "state" | "update"> & {
  readonly numClasses: number;
};
export declare function pairsOf(classes: Tensor, rows: Tensor, columns: Tensor, { weights }: Outcome): Tensor;
export declare function ratio(part: number, whole: number): number;
