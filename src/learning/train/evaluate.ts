// evaluate: loss and metrics over a data set, read once at its end.

import { SinterError } from "#engine/base/error.ts";
import { platform, type TextOutput } from "#engine/platform/api.ts";
import type { Dataset } from "#learning/data/dataset.ts";
import { disposeAll } from "./dispose.ts";
import { labelShapesOf, setupOfData, uploadBatch } from "./feed.ts";
import { fittingDataset } from "./fitting-data.ts";
import { initialStates, readLogs, type LoggedNumber, type Logs } from "./metric-states.ts";
import { loggedNumbers, testOnce, testStepOf, type ModelCore } from "./model-core.ts";
import { outputOf, ProgressBar, type Verbose } from "./progress.ts";
import type { SeveralValues, Values } from "./several-values.ts";
import type { MetricStates } from "./step.ts";
import { StepWindow } from "./step-window.ts";

export interface EvaluateOptions {
  /** For arrays; 32 by default. */
  readonly batchSize?: number;
  readonly verbose?: Verbose;
  /** For arrays: what the loss of each sample, [n], or place, [n, time], is multiplied with; weightedMetrics heed it too. */
  readonly sampleWeight?: Values | SeveralValues | undefined;
  /** Where progress is shown; the platform's own output by default. */
  readonly output?: TextOutput | undefined;
  /** Ends after so many batches. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Loss and metrics over a data set, in file order. */
export async function evaluateDataset(core: ModelCore, given: Dataset, options: EvaluateOptions): Promise<Logs> {
  const dataset = fittingDataset(core, given, "evaluate", true);
  const { signal, verbose = 0 } = options;
  const numSteps = Math.min(options.steps ?? dataset.numBatches, dataset.numBatches);
  const bar = new ProgressBar(outputOf(options), verbose, numSteps, () => platform().now());
  const setup = setupOfData(dataset, false);
  const window = new StepWindow();
  let logged: readonly LoggedNumber[] = [];
  let states: MetricStates | undefined;
  let done = 0;
  await platform().yield();
  for await (const batch of dataset.batches(0, { shuffle: false, ...(signal === undefined ? {} : { signal }) })) {
    checkAborted(signal, "evaluate");
    const labels = labelShapesOf(batch);
    if (states === undefined) {
      logged = loggedNumbers(core, labels, "evaluate");
      states = initialStates(logged);
    }
    const step = testStepOf(core, setup, labels);
    const own = { states, batch: uploadBatch(batch, dataset, 0, false) };
    const counted: MetricStates = testOnce(core, step, own.states, own.batch);
    states = counted;
    disposeAll(own);
    const { loss } = counted;
    if (loss?.["count"] !== undefined) await window.add(loss["count"].item());
    done += 1;
    bar.update(done, {});
    if (done >= numSteps) break;
  }
  await window.drain();
  if (states === undefined) throw new SinterError("data", "evaluate: no batch could be read. See dataset.broken.");
  const logs = await readLogs(logged, states);
  disposeAll(states);
  bar.finish(done, logs);
  return logs;
}

/** @throws aborted when the signal has fired */
export function checkAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted !== true) return;
  throw new SinterError("aborted", `${what}: stopped by its signal.`, {}, signal.reason);
}
