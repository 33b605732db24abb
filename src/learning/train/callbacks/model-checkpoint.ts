// Saves the model while it is trained.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, type ConfigValue } from "#engine/base/options.ts";
import type { Logs } from "../metric-states.ts";
import { isImprovement, monitored, type Callback, type FitContext, type MonitorOptions } from "./callback.ts";
import { numberToState, stateReader } from "./callback-state.ts";

export interface ModelCheckpointOptions extends MonitorOptions {
  /** Folder to save to; `{epoch}`, `{epoch:02d}` and `{valLoss:.2f}` are filled in. */
  readonly filepath: string;
  readonly saveBestOnly?: boolean;
  /** "epoch", or steps between two saves. */
  readonly saveFreq?: "epoch" | number;
  /** What the first save must beat. */
  readonly initialValueThreshold?: number | null;
  /** 1 says what it does. */
  readonly verbose?: 0 | 1;
}

const known = [
  "filepath",
  "monitor",
  "mode",
  "minDelta",
  "saveBestOnly",
  "saveFreq",
  "initialValueThreshold",
  "verbose",
];

/**
 * Saves after every epoch, after every improvement, or every so many steps.
 * @source Keras 3, callbacks.ModelCheckpoint
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  checkOptions(where, options, known);
  choice(where, "mode", options.mode ?? "auto", ["auto", "min", "max"]);
  if (options.saveFreq !== undefined && options.saveFreq !== "epoch") integer(where, "saveFreq", options.saveFreq);
  return new ModelCheckpoint(options);
}

class ModelCheckpoint implements Callback {
  readonly writesFiles = true;
  readonly #options: ModelCheckpointOptions;
  #best: number | undefined;
  #epoch = 0;
  #numSteps = 0;

  constructor(options: ModelCheckpointOptions) {
    this.#options = options;
    this.#best = options.initialValueThreshold ?? undefined;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  async onEpochEnd(_epoch: number, logs: Logs, context: FitContext): Promise<void> {
    const { saveFreq = "epoch" } = this.#options;
    if (saveFreq === "epoch") await this.#save(logs, context);
  }

  async onTrainBatchEnd(_step: number, logs: Logs, context: FitContext): Promise<void> {
    const { saveFreq = "epoch" } = this.#options;
    this.#numSteps += 1;
    if (saveFreq !== "epoch" && this.#numSteps % saveFreq === 0) await this.#save(logs, context);
  }

  async #save(logs: Logs, context: FitContext): Promise<void> {
    const { filepath, monitor = "valLoss", saveBestOnly = false, verbose = 0 } = this.#options;
    if (saveBestOnly) {
      const value = monitored(monitor, logs, "modelCheckpoint");
      if (!isImprovement(value, this.#best, this.#options, context)) return;
      this.#best = value;
    }
    const path = fillIn(filepath, { ...logs, epoch: this.#epoch + 1 });
    if (verbose > 0) context.say(`Epoch ${this.#epoch + 1}: saving model to ${path}`);
    await context.model.save(path);
  }

  state(): ConfigValue {
    return { best: numberToState(this.#best), epoch: this.#epoch, numSteps: this.#numSteps };
  }

  restore(state: ConfigValue): void {
    const read = stateReader("modelCheckpoint", state);
    this.#best = read("best");
    this.#epoch = read("epoch") ?? 0;
    this.#numSteps = read("numSteps") ?? 0;
  }
}

/** `{name}`, `{name:02d}`, `{name:.3f}` filled in. @throws option for a name that the logs lack */
function fillIn(template: string, values: Logs): string {
  return template.replaceAll(
    /\{(\w+)(?::0?(\d*)(?:\.(\d+))?([df])?)?\}/g,
    (_, name: string, width = "", digits = "", form = "") => {
      const value = values[name];
      if (value === undefined) {
        throw new SinterError(
          "option",
          `modelCheckpoint: filepath names {${name}}. There is ${Object.keys(values).join(", ")}.`,
        );
      }
      const text = form === "f" || digits !== "" ? value.toFixed(digits === "" ? 6 : Number(digits)) : String(value);
      return text.padStart(Number(width), "0");
    },
  );
}
