// Ctrl-C: the first asks the work to stop after the current step, the second ends the process at once.

/** 128 + SIGINT, as shells report an interrupted program. */
const interruptedStatus = 130;

/** An abort signal that an interrupt fires; disposing gives Ctrl-C its usual meaning back. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onSignal: () => void;

  /** @param onFirst called at the first interrupt, to say what happens now */
  constructor(onFirst: () => void) {
    this.#onSignal = () => {
      if (this.#controller.signal.aborted) process.exit(interruptedStatus);
      onFirst();
      this.#controller.abort();
    };
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }
}
