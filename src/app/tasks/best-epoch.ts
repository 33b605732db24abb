// Follows the epochs of a training: writes each into the run's history, keeps the best model on disk, stops when nothing
// improves. The best has the highest accuracy on the validation part, of equals the lowest loss.

import { platform } from "#engine/platform/api.ts";
import type { Callback, FitContext } from "#learning/train/callbacks/callback.ts";
import { runFiles, type RunFolder } from "./run-folder.ts";
import type { TrainEvent, TrainPlan } from "./train-options.ts";

type Numbers = Readonly<Record<string, number>>;

/** What it needs to know of the job. */
export interface BestEpochRequest {
  readonly plan: Pick<TrainPlan, "epochs" | "batchSize" | "stepsPerEpoch" | "earlyStopping">;
  readonly folder: RunFolder;
  readonly report: (event: TrainEvent) => void;
  /** Pictures that an epoch sees when no number of steps is given. */
  readonly numTrain: number;
}

/** The best epoch so far, kept up to date by a callback of fit. */
export class BestEpoch {
  readonly #request: BestEpochRequest;
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

  /** What fit calls. */
  callback(): Callback {
    return {
      onEpochBegin: (epoch) => {
        this.#currentEpoch = epoch + 1;
        this.#startMs = platform().now();
      },
      onTrainBatchEnd: (step, logs, context) => this.#reportStep(step, logs, context),
      onEpochEnd: (epoch, logs, context) => this.#endEpoch(epoch + 1, logs, context),
    };
  }

  #reportStep(step: number, metrics: Numbers, { epochs, steps, batchSize }: FitContext): void {
    const { report } = this.#request;
    this.#trainedMs = platform().now();
    report({
      kind: "step",
      epoch: this.#currentEpoch,
      numEpochs: epochs,
      step: step + 1,
      numSteps: steps,
      batchSize,
      metrics,
    });
  }

  async #endEpoch(epoch: number, metrics: Numbers, context: FitContext): Promise<void> {
    const { folder, report, plan, numTrain } = this.#request;
    const seconds = (platform().now() - this.#startMs) / 1000;
    const numImages = plan.stepsPerEpoch === undefined ? numTrain : plan.stepsPerEpoch * plan.batchSize;
    const isBest = isBetter(metrics, this.#best);
    if (isBest) {
      await context.model.save(folder.path);
      [this.#best, this.#epoch, this.#numWaited] = [metrics, epoch, 0];
    } else this.#numWaited += 1;
    await folder.appendLine(runFiles.history, { epoch, ...metrics, seconds, isBest });
    const imagesPerSecond = (numImages * 1000) / (this.#trainedMs - this.#startMs);
    report({ kind: "epoch", epoch, numEpochs: plan.epochs, seconds, imagesPerSecond, metrics, isBest });
    if (plan.earlyStopping !== undefined && this.#numWaited >= plan.earlyStopping) context.stop();
  }
}

/** Whether an epoch is better: validation accuracy, then validation loss. A loss that is not finite is never better. */
export function isBetter(metrics: Numbers, best: Numbers | undefined): boolean {
  const { valAccuracy = 0, valLoss = Number.NaN } = metrics;
  if (best === undefined) return true;
  const { valAccuracy: bestAccuracy = 0, valLoss: bestLoss = Number.NaN } = best;
  if (valAccuracy !== bestAccuracy) return valAccuracy > bestAccuracy;
  return valLoss < bestLoss || (Number.isNaN(bestLoss) && !Number.isNaN(valLoss));
}
