// Follows the epochs of a training: writes each into the run's history, keeps the best model on disk, stops when nothing
// improves. The best has the highest accuracy on the validation part, of equals the lowest loss.

import { SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import type { BrokenSample } from "#learning/data/dataset.ts";
import type { Callback, FitContext } from "#learning/train/callbacks/callback.ts";
import type { Model } from "#learning/train/model.ts";
import { brokenPictures, leaveOutPictures, type ImageParts } from "./image-parts.ts";
import { runFiles, type JsonObject, type RunFolder } from "./run-folder.ts";
import type { TrainEvent, TrainPlan } from "./train-options.ts";

type Numbers = Readonly<Record<string, number>>;
type Keep = (model: Model) => Promise<void>;

/** What it needs to know of the job. */
export interface BestEpochRequest {
  readonly plan: Pick<TrainPlan, "epochs" | "batchSize" | "stepsPerEpoch" | "earlyStopping" | "balance" | "transfer">;
  readonly folder: RunFolder;
  readonly report: (event: TrainEvent) => void;
  readonly parts: ImageParts;
}

/** The best epoch so far, kept up to date by a callback of fit. */
export class BestEpoch {
  readonly #request: BestEpochRequest;
  /** What history.jsonl holds. */
  #lines: readonly JsonObject[] = [];
  /** Of it what a training before this one has left. */
  #earlier: readonly JsonObject[] = [];
  #best: Numbers | undefined;
  #epoch = 0;
  #numWaited = 0;
  #currentEpoch = 0;
  #startMs = 0;
  /** When the last step ended: validation comes after it. */
  #trainedMs = 0;

  constructor(request: BestEpochRequest) {
    this.#request = request;
  }

  /** The number of the best epoch, from 1; 0 before the first has ended. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the epoch that ended last is the best so far. */
  get isBest(): boolean {
    return this.#epoch > 0 && this.#epoch === this.#lines.length;
  }

  /**
   * What fit calls. Its state is the history, from which all else follows, and the pictures left out as broken.
   * @param keep puts the best model so far where it stays
   */
  callback(keep: Keep = (model) => model.save(this.#request.folder.path)): Callback {
    return {
      onTrainBegin: () => this.#setLines(this.#earlier),
      state: (): ConfigValue => ({ lines: this.#lines, broken: this.#broken() }),
      restore: (state) => this.#restore(state),
      onWarning: (message) => this.#endAtWarning(message),
      onEpochBegin: (epoch) => {
        this.#currentEpoch = epoch + 1;
        this.#startMs = platform().now();
      },
      onTrainBatchEnd: (step, logs, context) => this.#reportStep(step, logs, context),
      onEpochEnd: (epoch, logs, context) => this.#endEpoch(epoch + 1, logs, context, keep),
    };
  }

  /** The next training goes on with the epochs of this one. */
  endTraining(): void {
    this.#earlier = this.#lines;
  }

  #reportStep(step: number, metrics: Numbers, { steps, batchSize }: FitContext): void {
    const { report, plan } = this.#request;
    this.#trainedMs = platform().now();
    report({
      kind: "step",
      epoch: this.#currentEpoch,
      numEpochs: numEpochsOf(plan),
      step: step + 1,
      numSteps: steps,
      batchSize,
      metrics,
    });
  }

  async #endEpoch(epoch: number, metrics: Numbers, context: FitContext, keep: Keep): Promise<void> {
    const { report, plan, parts } = this.#request;
    const seconds = (platform().now() - this.#startMs) / 1000;
    const isOnceEach = plan.stepsPerEpoch === undefined && plan.balance !== "oversample";
    const numImages = isOnceEach ? parts.train.numSamples : context.steps * plan.batchSize;
    const isBest = isBetter(metrics, this.#best);
    if (isBest) await keep(context.model);
    const rate = plan.transfer === undefined ? {} : { learningRate: context.model.learningRate };
    this.#take({ epoch, ...metrics, ...rate, seconds, isBest }, metrics);
    await this.#writeHistory();
    const imagesPerSecond = (numImages * 1000) / (this.#trainedMs - this.#startMs);
    report({ kind: "epoch", epoch, numEpochs: numEpochsOf(plan), seconds, imagesPerSecond, metrics, isBest });
    if (plan.earlyStopping !== undefined && this.#numWaited >= plan.earlyStopping) context.stop();
  }

  /** Fit warns of a loss that is not finite, and the same step would come again: nothing better follows. */
  #endAtWarning(message: string): never {
    const { path } = this.#request.folder;
    const kept = this.#epoch === 0 ? "" : ` The model of the best epoch so far (${this.#epoch}) is in ${path}.`;
    throw new SinterError("data", `${message}${kept} Begin a new run with what you change.`, { run: path });
  }

  #take(line: JsonObject, metrics: Numbers): void {
    this.#lines = [...this.#lines, line];
    const epoch = this.#lines.length;
    if (isBetter(metrics, this.#best)) [this.#best, this.#epoch, this.#numWaited] = [metrics, epoch, 0];
    else this.#numWaited += 1;
    // The head alone is trained to its end: that takes seconds.
    const { transfer, epochs } = this.#request.plan;
    if (transfer !== undefined && epoch <= epochs) this.#numWaited = 0;
  }

  /** Begins anew with the epochs that a checkpoint knows of; history.jsonl is cut back to them. */
  async #setLines(lines: readonly JsonObject[]): Promise<void> {
    [this.#lines, this.#best, this.#epoch, this.#numWaited] = [[], undefined, 0, 0];
    for (const line of lines) this.#take(line, metricsOf(line));
    this.#currentEpoch = lines.length + 1;
    this.#startMs = platform().now();
    await this.#writeHistory();
  }

  /** Whole and synced each time: an appended line could be lost, or half there, when the process ends. */
  #writeHistory(): Promise<void> {
    const text = this.#lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    return this.#request.folder.writeText(runFiles.history, text);
  }

  #broken(): readonly ConfigValue[] {
    return brokenPictures(this.#request.parts).map(({ file, reason }) => ({ file, reason }));
  }

  async #restore(state: ConfigValue): Promise<void> {
    const { lines, broken }: Readonly<Record<string, unknown>> = isRecord(state) ? state : {};
    if (!Array.isArray(lines) || !lines.every(isLine) || !Array.isArray(broken) || !broken.every(isBroken)) {
      throw new SinterError("format", "The checkpoint holds no history of the run. Begin a new run.");
    }
    leaveOutPictures(this.#request.parts, broken);
    await this.#setLines(lines);
  }
}

/** Epochs of the whole run. */
export function numEpochsOf({ epochs, transfer }: Pick<TrainPlan, "epochs" | "transfer">): number {
  return epochs + (transfer?.fineTuneEpochs ?? 0);
}

function isBroken(value: unknown): value is BrokenSample {
  return typeof value === "object" && value !== null && "file" in value && "reason" in value;
}

/** The metrics in a line of the history. */
function metricsOf(line: JsonObject): Numbers {
  const { epoch: _, seconds: _seconds, ...others } = line;
  return Object.fromEntries(
    Object.entries(others).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])),
  );
}

function isLine(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && "epoch" in value;
}

/** Whether an epoch is better: validation accuracy, then validation loss. A loss that is not finite is never better. */
export function isBetter(metrics: Numbers, best: Numbers | undefined): boolean {
  const { valAccuracy = 0, valLoss = Number.NaN } = metrics;
  if (best === undefined) return true;
  const { valAccuracy: bestAccuracy = 0, valLoss: bestLoss = Number.NaN } = best;
  if (valAccuracy !== bestAccuracy) return valAccuracy > bestAccuracy;
  return valLoss < bestLoss || (Number.isNaN(bestLoss) && !Number.isNaN(valLoss));
}
