import type { ConfigValue } from "../../../engine/base/options.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Model } from "../model.js";
import type { Logs } from "../metric-states.js";
export interface FitContext {
  readonly model: Model;
  readonly epochs: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly numSamples: number;
  stop(): void;
  directionOf(name: string): "max" | "min" | undefined;
  say(line: string): void;
  gradients(): Promise<Readonly<Record<string, Tensor>>>;
  weightsOfEpoch?(epoch: number): Promise<readonly Tensor[] | undefined>;
}
export interface Callback {
  onTrainBegin?(context: FitContext): void | Promise<void>;
  onTrainEnd?(logs: Logs, context: FitContext): void | Promise<void>;
  onEpochBegin?(epoch: number, context: FitContext): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs, context: FitContext): void | Logs | Promise<void | Logs>;
  afterEpochEnd?(epoch: number, context: FitContext): void | Promise<void>;
  onTestBegin?(context: FitContext): void | Promise<void>;
  onTestEnd?(logs: Logs, context: FitContext): void | Promise<void>;
  onTrainBatchBegin?(step: number, context: FitContext): void | Promise<void>;
  onTrainBatchEnd?(step: number, logs: Logs, context: FitContext): void | Promise<void>;
  onWarning?(message: string, context: FitContext): void;
  state?(): ConfigValue;
  restore?(state: ConfigValue, context: FitContext): void | Promise<void>;
  neededEpoch?(): number | undefined;
  readonly writesFiles?: boolean;
}
export interface MonitorOptions {
  readonly monitor?: string;
  readonly mode?: "auto" | "min" | "max";
  readonly minDelta?: number;
}
export declare function isImprovement(
  value: number,
  best: number | undefined,
  { monitor, mode, minDelta }: MonitorOptions,
  context: FitContext,
): boolean;
export declare function monitored(monitor: string, logs: Logs, who: string): number;
