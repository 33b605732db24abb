// Ends training when a number has stopped improving.

import { checkOptions, choice, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Logs } from "../metric-states.ts";
import { isImprovement, monitored, type Callback, type FitContext, type MonitorOptions } from "./callback.ts";
import { numberToState, stateReader } from "./callback-state.ts";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement that are let pass. */
  readonly patience?: number;
  /** A value that must be beaten too. */
  readonly baseline?: number | null;
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one are not watched. */
  readonly startFromEpoch?: number;
  /** 1 says what it does. */
  readonly verbose?: 0 | 1;
}

const known = [
  "monitor",
  "mode",
  "minDelta",
  "patience",
  "baseline",
  "restoreBestWeights",
  "startFromEpoch",
  "verbose",
];

/**
 * Stops after `patience` epochs without an improvement of `monitor`. Its state holds numbers alone: in a restored run the
 * best weights come from the checkpoint that the run kept of that epoch; without one, `restoreBestWeights` says so and
 * restores only what is better later.
 * @source Keras 3, callbacks.EarlyStopping
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const where = "earlyStopping";
  checkOptions(where, options, known);
  choice(where, "mode", options.mode ?? "auto", ["auto", "min", "max"]);
  numberWithin(where, "minDelta", options.minDelta ?? 0);
  integer(where, "patience", options.patience ?? 0, 0);
  integer(where, "startFromEpoch", options.startFromEpoch ?? 0, 0);
  return new EarlyStopping(options);
}

class EarlyStopping implements Callback {
  readonly #options: EarlyStoppingOptions;
  #best: number | undefined;
  #bestEpoch = 0;
  #bestWeights: readonly Tensor[] | undefined;
  #numWaited = 0;
  #stoppedAt: number | undefined;

  constructor(options: EarlyStoppingOptions) {
    this.#options = options;
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#bestEpoch = 0;
    this.#bestWeights = undefined;
    this.#numWaited = 0;
    this.#stoppedAt = undefined;
  }

  async onEpochEnd(epoch: number, logs: Logs, context: FitContext): Promise<void> {
    const {
      monitor = "valLoss",
      patience = 0,
      baseline = null,
      restoreBestWeights,
      startFromEpoch = 0,
    } = this.#options;
    const value = monitored(monitor, logs, "earlyStopping");
    if (epoch < startFromEpoch) return;
    this.#numWaited += 1;
    if (isImprovement(value, this.#best, this.#options, context)) {
      this.#best = value;
      this.#bestEpoch = epoch;
      if (restoreBestWeights === true) this.#bestWeights = await context.model.getWeights();
      if (baseline === null || isImprovement(value, baseline, this.#options, context)) this.#numWaited = 0;
      return;
    }
    if (this.#numWaited >= patience && epoch > 0) {
      this.#stoppedAt = epoch;
      context.stop();
    }
  }

  onTrainEnd(_logs: Logs, context: FitContext): void {
    const isSpoken = (this.#options.verbose ?? 0) > 0;
    if (this.#stoppedAt !== undefined && isSpoken) context.say(`Epoch ${this.#stoppedAt + 1}: early stopping`);
    if (this.#bestWeights === undefined) return;
    if (isSpoken) context.say(`Restoring model weights from the end of the best epoch: ${this.#bestEpoch + 1}.`);
    context.model.setWeights(this.#bestWeights);
  }
  state(): ConfigValue {
    return {
      best: numberToState(this.#best),
      bestEpoch: this.#bestEpoch,
      numWaited: this.#numWaited,
      stoppedAt: numberToState(this.#stoppedAt),
    };
  }

  async restore(state: ConfigValue, context: FitContext): Promise<void> {
    const read = stateReader("earlyStopping", state);
    this.#best = read("best");
    this.#bestEpoch = read("bestEpoch") ?? 0;
    this.#numWaited = read("numWaited") ?? 0;
    this.#stoppedAt = read("stoppedAt");
    if (this.#options.restoreBestWeights !== true || this.#best === undefined) return;
    this.#bestWeights = await context.weightsOfEpoch?.(this.#bestEpoch);
    if (this.#bestWeights !== undefined) return;
    context.say(`earlyStopping: the weights of the best epoch, ${this.#bestEpoch + 1}, were not kept by the run.`);
  }
}
