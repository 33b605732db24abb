import type { Shape } from "../../engine/base/shape.js";
import type { SampleType } from "../nn/layer.js";
import { type Loss, type LossName } from "./losses.js";
import type { LoggedNumber } from "./metric-states.js";
import { type BoundMetric, type Metric, type MetricName } from "./metrics.js";
export type ByOutput<Item> = readonly Item[] | Readonly<Record<string, Item>>;
export type OutputMetrics = MetricName | Metric | readonly (MetricName | Metric)[] | null;
export interface Goals {
  readonly loss: LossName | Loss | ByOutput<LossName | Loss | null>;
  readonly lossWeights?: ByOutput<number> | undefined;
  readonly metrics?: ByOutput<OutputMetrics> | undefined;
  readonly weightedMetrics?: ByOutput<OutputMetrics> | undefined;
}
export interface LossGoal {
  readonly output: number;
  readonly loss: Loss;
  readonly weight: number;
}
export interface Objective extends LossGoal {
  readonly name: string;
  readonly lossName: string | undefined;
  readonly metrics: readonly Metric[];
  readonly weightedMetrics: readonly Metric[];
}
export interface BoundObjective extends Omit<Objective, "metrics" | "weightedMetrics"> {
  readonly metrics: readonly BoundMetric[];
  readonly weightedMetrics: readonly BoundMetric[];
}
export declare function objectivesFrom(goals: Goals, outputs: readonly (string | undefined)[]): Objective[];
export declare function boundObjectives(
  objectives: readonly Objective[],
  labels: readonly Shape[],
  outputTypes: readonly SampleType[],
): BoundObjective[];
export declare function loggedOf(objectives: readonly BoundObjective[]): LoggedNumber[];
export declare function directionsOf(
  objectives: readonly Objective[],
  outputTypes: readonly SampleType[],
): Map<string, "max" | "min">;
