import type { Callback } from "./callback.js";
export interface LearningRateSchedulerOptions {
  readonly verbose?: 0 | 1;
}
export declare function learningRateScheduler(
  schedule: (epoch: number, learningRate: number) => number,
  options?: LearningRateSchedulerOptions,
): Callback;
