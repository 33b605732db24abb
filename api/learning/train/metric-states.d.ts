import type { BoundMetric } from "./metrics.js";
import type { MetricStates } from "./step.js";
export type Logs = Readonly<Record<string, number>>;
export declare function initialStates(metrics: readonly BoundMetric[]): MetricStates;
export declare function readLogs(metrics: readonly BoundMetric[], states: MetricStates): Promise<Logs>;
