// The runs in flight of a wasm device: numbers them, settles them in order, and after a failure waits until every thread
// has left before new work may start.

import { SinterError } from "#engine/base/error.ts";

interface Flight {
  readonly name: string;
  readonly settle: (error: SinterError | undefined) => void;
  isPosted: boolean;
  numFailures: number;
  error: SinterError | undefined;
}

interface Recovery {
  readonly promise: Promise<void>;
  readonly finish: () => void;
}

export class WasmRuns {
  readonly #numThreads: number;
  readonly #onRecovered: () => void;
  readonly #flights = new Map<number, Flight>();
  #waiters: { readonly run: number; readonly act: () => void }[] = [];
  #numIssued = 0;
  #recovery: Recovery | undefined;
  #lastError: SinterError | undefined;

  /** @param onRecovered called when a failure is over and no thread is inside a program */
  constructor(numThreads: number, onRecovered: () => void) {
    this.#numThreads = numThreads;
    this.#onRecovered = onRecovered;
  }

  /** The number of the newest run. */
  get numIssued(): number {
    return this.#numIssued;
  }

  /** Fulfilled when work may be posted again; undefined when it may now. */
  get recovery(): Promise<void> | undefined {
    return this.#recovery?.promise;
  }

  /** Whether the run and all before it are over. */
  isComplete(run: number): boolean {
    for (const oldest of this.#flights.keys()) return run < oldest;
    return true;
  }

  /** Takes the next number; the promise settles with the run. */
  issue(name: string): { readonly run: number; readonly finished: Promise<void> } {
    this.#numIssued += 1;
    const run = this.#numIssued;
    const finished = new Promise<void>((resolve, reject) => {
      const settle = (error: SinterError | undefined): void => (error === undefined ? resolve() : reject(error));
      this.#flights.set(run, { name, settle, isPosted: false, numFailures: 0, error: undefined });
    });
    return { run, finished };
  }

  /** The threads have the run. */
  posted(run: number): void {
    const flight = this.#flights.get(run);
    if (flight !== undefined) flight.isPosted = true;
  }

  /** Fulfilled when the run and all before it are over, whatever came of them. */
  after(run: number): Promise<void> {
    if (this.isComplete(run)) return Promise.resolve();
    return new Promise((resolve) => this.whenOver(run, resolve));
  }

  /** The same without a promise; at once when the run is over already. */
  whenOver(run: number, act: () => void): void {
    if (this.isComplete(run)) act();
    else this.#waiters.push({ run, act });
  }

  done(run: number): void {
    this.#complete(run, undefined);
  }

  /** One thread left the run early; the message is empty when another is to blame. */
  failed(run: number, thread: number, message: string): void {
    const flight = this.#flights.get(run);
    if (flight === undefined) return;
    if (this.#numThreads > 1) this.#beginRecovery();
    flight.numFailures += 1;
    if (message !== "" && flight.error === undefined) {
      flight.error = new SinterError(
        "device",
        `${flight.name}: thread ${thread} failed with "${message}". The results of this call are lost; the device goes on.`,
        { thread, message },
      );
      this.#lastError ??= flight.error;
    }
    if (flight.numFailures < this.#numThreads) return;
    this.#complete(run, flight.error ?? this.#spoiled(flight.name));
    if (![...this.#flights.values()].some(({ isPosted }) => isPosted)) this.endRecovery();
  }

  /** A run that could not be posted. */
  abandon(run: number, error: SinterError): void {
    this.#complete(run, error);
  }

  /** Every posted run fails; new work waits until `endRecovery`. */
  failPosted(error: SinterError): void {
    this.#beginRecovery();
    for (const [run, { isPosted }] of this.#flights) if (isPosted) this.#complete(run, error);
  }

  /** Opens the gate again. */
  endRecovery(): void {
    const recovery = this.#recovery;
    if (recovery === undefined) return;
    this.#recovery = undefined;
    this.#lastError = undefined;
    this.#onRecovered();
    recovery.finish();
  }

  #spoiled(name: string): SinterError {
    return new SinterError("device", `${name}: a call before it failed. Run it again.`, {}, this.#lastError);
  }

  #beginRecovery(): void {
    if (this.#recovery !== undefined) return;
    const waiting: (() => void)[] = [];
    const promise = new Promise<void>((resolve) => void waiting.push(resolve));
    this.#recovery = { promise, finish: () => waiting.pop()?.() };
  }

  #complete(run: number, error: SinterError | undefined): void {
    const flight = this.#flights.get(run);
    if (flight === undefined) return;
    this.#flights.delete(run);
    flight.settle(error);
    const ready = this.#waiters.filter((waiter) => this.isComplete(waiter.run));
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !this.isComplete(waiter.run));
    for (const { act } of ready) act();
  }
}
