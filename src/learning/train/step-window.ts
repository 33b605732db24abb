// Keeps at most two steps in flight: enough that the device never waits, few enough that an abort acts soon and batches
// do not pile up.

const maxInFlight = 2;

export class StepWindow {
  readonly #pending: Promise<unknown>[] = [];

  /** Adds a step by a read of one of its results; waits until fewer than two are under way. */
  async add(done: Promise<unknown>): Promise<void> {
    // A failure is thrown where the step is waited for; until then it must not count as unhandled.
    done.catch(() => undefined);
    this.#pending.push(done);
    while (this.#pending.length >= maxInFlight) await this.#pending.shift();
  }

  /** Waits for all steps. */
  async drain(): Promise<void> {
    while (this.#pending.length > 0) await this.#pending.shift();
  }
}
