// The numbers of an epoch while it runs: the mean loss so far, and metrics as they were read last.

import { readLogs, type LoggedNumber, type Logs } from "./metric-states.ts";
import type { MetricStates } from "./step.ts";

/** Metrics are read at most this often, so that reading never slows training. */
const readIntervalMs = 100;

/** The loss of the samples so far, summed, and their number. */
export interface RunningTotal {
  readonly sum: number;
  readonly count: number;
}

export class RunningLogs {
  readonly #now: () => number;
  #sum: number;
  #count: number;
  #metrics: Logs = {};
  #isReading = false;
  #readAt: number;

  /** @param total of an epoch that goes on */
  constructor(now: () => number, total: RunningTotal = { sum: 0, count: 0 }) {
    this.#now = now;
    this.#readAt = now();
    this.#sum = total.sum;
    this.#count = total.count;
  }

  /** What `logs.loss` is the mean of. */
  get total(): RunningTotal {
    return { sum: this.#sum, count: this.#count };
  }

  get logs(): Logs {
    return { ...this.#metrics, loss: this.#count === 0 ? 0 : this.#sum / this.#count };
  }

  /** Counts a batch's loss. */
  add(loss: number, numSamples: number): void {
    this.#sum += loss * numSamples;
    this.#count += numSamples;
  }

  /** Begins a read when the last one is long enough ago; nobody waits for it. */
  readSometimes(logged: readonly LoggedNumber[], states: MetricStates): void {
    if (logged.length === 0 || this.#isReading || this.#now() - this.#readAt < readIntervalMs) return;
    this.#isReading = true;
    readLogs(logged, states).then(
      (logs) => {
        this.#metrics = logs;
        this.#readAt = this.#now();
        this.#isReading = false;
      },
      // The step's own error is thrown where the step is waited for.
      () => undefined,
    );
  }
}
