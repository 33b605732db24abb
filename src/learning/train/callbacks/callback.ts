// What runs between the steps and epochs of fit.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Model } from "../model.ts";
import type { Logs } from "../metric-states.ts";

/** What a callback may look at and do. */
export interface FitContext {
  readonly model: Model;
  readonly epochs: number;
  /** Steps an epoch. */
  readonly steps: number;
  readonly batchSize: number;
  /** Samples of this epoch whose steps are done. */
  readonly numSamples: number;
  /** Ends fit: no further step is begun; the epoch ends with its validation and its callbacks. */
  stop(): void;
  /** Whether more of this number is better; undefined when nothing is known of it. */
  directionOf(name: string): "max" | "min" | undefined;
  /** A line for people; unheard with verbose 0. */
  say(line: string): void;
  /**
   * Gradients of the loss at the present weights, on the last batch trained on, by the path of their weight.
   * @throws state before the first step
   */
  gradients(): Promise<Readonly<Record<string, Tensor>>>;
  /** Weights that the run has kept from the end of an epoch (from 0), in the order of `getWeights`; for `restore`. */
  weightsOfEpoch?(epoch: number): Promise<readonly Tensor[] | undefined>;
}

/**
 * Functions that fit calls; each may be asynchronous, and fit waits for it. Epochs and steps count from 0. Logs hold
 * `loss` and metrics, at the end of an epoch also `valLoss` and so on.
 */
export interface Callback {
  onTrainBegin?(context: FitContext): void | Promise<void>;
  onTrainEnd?(logs: Logs, context: FitContext): void | Promise<void>;
  onEpochBegin?(epoch: number, context: FitContext): void | Promise<void>;
  /** Numbers that it gives are added to the logs: of the callbacks after it, and of the history. */
  onEpochEnd?(epoch: number, logs: Logs, context: FitContext): void | Logs | Promise<void | Logs>;
  /** Called once every callback has heard of the epoch's end, before a checkpoint is written. */
  afterEpochEnd?(epoch: number, context: FitContext): void | Promise<void>;
  /** Around the validation of an epoch. */
  onTestBegin?(context: FitContext): void | Promise<void>;
  /** Called also where the validation has failed, then without numbers. */
  onTestEnd?(logs: Logs, context: FitContext): void | Promise<void>;
  onTrainBatchBegin?(step: number, context: FitContext): void | Promise<void>;
  /** `loss` is the mean of the epoch so far; metrics are at most 100 ms old. Up to two later steps may be under way. */
  onTrainBatchEnd?(step: number, logs: Logs, context: FitContext): void | Promise<void>;
  /** Something that a person should look at, such as a loss that is not finite; said once a run. */
  onWarning?(message: string, context: FitContext): void;
  /** What must be known to go on in another process, as plain JSON; asked between steps or epochs. */
  state?(): ConfigValue;
  /** Takes what `state` gave; called once, after every onTrainBegin and before the first epoch. */
  restore?(state: ConfigValue, context: FitContext): void | Promise<void>;
  /** An epoch (from 0) whose weights `restore` would ask for: the run keeps the checkpoint of its end. */
  neededEpoch?(): number | undefined;
  /** Whether it writes files; `fastDevRun` leaves those out. */
  readonly writesFiles?: boolean;
}

/** Better or worse, for callbacks that watch a number. */
export interface MonitorOptions {
  /** A name of the logs: "valLoss" by default. */
  readonly monitor?: string;
  readonly mode?: "auto" | "min" | "max";
  /** Smaller changes are no improvement. */
  readonly minDelta?: number;
}

/** Whether `value` improves on `best`. @throws option when "auto" cannot know the direction */
export function isImprovement(
  value: number,
  best: number | undefined,
  { monitor = "valLoss", mode = "auto", minDelta = 0 }: MonitorOptions,
  context: FitContext,
): boolean {
  if (best === undefined) return true;
  const direction = mode === "auto" ? context.directionOf(monitor) : mode;
  if (direction === undefined) {
    throw new SinterError("option", `monitor "${monitor}": is more better, or less? Say mode: "max" or "min".`, {
      monitor,
    });
  }
  return direction === "max" ? value - Math.abs(minDelta) > best : value + Math.abs(minDelta) < best;
}

/** The number that a callback watches. @throws option naming what there is */
export function monitored(monitor: string, logs: Logs, who: string): number {
  const value = logs[monitor];
  if (value !== undefined) return value;
  throw new SinterError(
    "option",
    `${who}: monitor "${monitor}" is not among ${Object.keys(logs).join(", ")}. Use one of these, or give validationData.`,
    { monitor },
  );
}
