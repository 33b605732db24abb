import type { Dataset } from "../data/dataset.js";
import { type ClassWeight } from "./class-weight.js";
import { type RateSuggestions } from "./learning-rate-suggestions.js";
import { type ModelCore } from "./model-core.js";
export interface FindLearningRateOptions {
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly stopAtDivergence?: boolean;
  readonly classWeight?: ClassWeight | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((point: LearningRatePoint, step: number) => void) | undefined;
}
export interface LearningRatePoint {
  readonly learningRate: number;
  readonly loss: number;
  readonly smoothedLoss: number;
}
export interface LearningRateCurve {
  readonly points: readonly LearningRatePoint[];
  readonly isDiverged: boolean;
  readonly suggestions: RateSuggestions;
  readonly suggestion: number | undefined;
}
export declare function findLearningRate(
  core: ModelCore,
  given: Dataset,
  options: FindLearningRateOptions,
): Promise<LearningRateCurve>;
