import { type LoggedNumber, type Logs } from "./metric-states.js";
import type { MetricStates } from "./step.js";
export interface RunningTotal {
  readonly sum: number;
  readonly count: number;
}
export declare class RunningLogs {
  #private;
  constructor(now: () => number, total?: RunningTotal);
  get total(): RunningTotal;
  get logs(): Logs;
  add(loss: number, numSamples: number): void;
  readSometimes(logged: readonly LoggedNumber[], states: MetricStates): void;
}
