import type { BoundMetric } from "./metrics.js";
import type { MetricStates } from "./step.js";
export type Logs = Readonly<Record<string, number>>;
export type LoggedNumber = Pick<BoundMetric, "name" | "state" | "result">;
export declare function initialStates(logged: readonly LoggedNumber[]): MetricStates;
export declare function readLogs(logged: readonly LoggedNumber[], states: MetricStates): Promise<Logs>;
