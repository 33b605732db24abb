// Lowers the learning rate when a number has stopped improving.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin, type ConfigValue } from "#engine/base/options.ts";
import type { Logs } from "../metric-states.ts";
import { isImprovement, monitored, type Callback, type FitContext, type MonitorOptions } from "./callback.ts";
import { numberToState, stateReader } from "./callback-state.ts";

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied with, below 1; 0.1 by default. */
  readonly factor?: number;
  /** Epochs without improvement after which the rate is lowered; 10 by default. */
  readonly patience?: number;
  /** Smaller changes are no improvement; 1e-4 by default. */
  readonly minDelta?: number;
  /** Epochs after a reduction that do not count. */
  readonly cooldown?: number;
  /** The rate never falls below it. */
  readonly minLr?: number;
  /** 1 says what it does. */
  readonly verbose?: 0 | 1;
}

const known = ["monitor", "mode", "minDelta", "factor", "patience", "cooldown", "minLr", "verbose"];

/**
 * Multiplies the learning rate by `factor` after `patience` epochs without an improvement of `monitor`. Adds
 * `learningRate` to the logs.
 * @throws option for a factor of 1 or more; at the first epoch's end where the optimizer has a schedule
 * @source Keras 3, callbacks.ReduceLROnPlateau
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const where = "reduceLROnPlateau";
  checkOptions(where, options, known);
  choice(where, "mode", options.mode ?? "auto", ["auto", "min", "max"]);
  const { factor = 0.1 } = options;
  if (!(factor >= 0 && factor < 1)) {
    throw new SinterError("option", `${where}: factor is ${factor}. Give a number from 0 and below 1.`, { factor });
  }
  integer(where, "patience", options.patience ?? 10, 0);
  integer(where, "cooldown", options.cooldown ?? 0, 0);
  numberWithin(where, "minDelta", options.minDelta ?? 1e-4);
  numberWithin(where, "minLr", options.minLr ?? 0, 0);
  return new ReduceLROnPlateau(options);
}

class ReduceLROnPlateau implements Callback {
  readonly #options: ReduceLROnPlateauOptions;
  #best: number | undefined;
  #numWaited = 0;
  #numCooling = 0;

  constructor(options: ReduceLROnPlateauOptions) {
    this.#options = { minDelta: 1e-4, ...options };
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#numWaited = 0;
    this.#numCooling = 0;
  }

  onEpochEnd(epoch: number, logs: Logs, context: FitContext): Logs {
    const { learningRate } = context.model;
    const value = monitored(this.#options.monitor ?? "valLoss", logs, "reduceLROnPlateau");
    if (this.#numCooling > 0) {
      this.#numCooling -= 1;
      this.#numWaited = 0;
    }
    if (isImprovement(value, this.#best, this.#options, context)) {
      this.#best = value;
      this.#numWaited = 0;
    } else if (this.#numCooling === 0) {
      this.#numWaited += 1;
      if (this.#numWaited >= (this.#options.patience ?? 10)) this.#reduce(epoch, context);
    }
    return { learningRate };
  }

  #reduce(epoch: number, context: FitContext): void {
    const { model } = context;
    const { factor = 0.1, minLr = 0, cooldown = 0, verbose = 0 } = this.#options;
    if (model.learningRate <= minLr) return;
    model.learningRate = Math.max(model.learningRate * factor, minLr);
    if (verbose > 0)
      context.say(`Epoch ${epoch + 1}: reduceLROnPlateau lowers the learning rate to ${model.learningRate}.`);
    this.#numCooling = cooldown;
    this.#numWaited = 0;
  }

  state(): ConfigValue {
    return { best: numberToState(this.#best), numWaited: this.#numWaited, numCooling: this.#numCooling };
  }

  restore(state: ConfigValue): void {
    const read = stateReader("reduceLROnPlateau", state);
    this.#best = read("best");
    this.#numWaited = read("numWaited") ?? 0;
    this.#numCooling = read("numCooling") ?? 0;
  }
}
