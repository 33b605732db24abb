import type { HyperparameterValue } from "../../formats/tfevents/event.js";
import type { Callback } from "./callback.js";
export interface TensorBoardOptions {
  readonly logDir?: string;
  readonly histogramFreq?: number;
  readonly writeGraph?: boolean;
  readonly writeImages?: boolean;
  readonly writeStepsPerSecond?: boolean;
  readonly updateFreq?: "epoch" | "batch" | number;
  readonly hyperparameters?: Readonly<Record<string, HyperparameterValue>>;
}
export declare function tensorBoard(options?: TensorBoardOptions): Callback;
