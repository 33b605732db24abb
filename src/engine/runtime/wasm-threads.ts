// The computing threads of a wasm device: starts them, posts to all, decodes what they say, keeps the process alive
// while somebody holds them. Knows nothing of programs.

import { SinterError } from "#engine/base/error.ts";
import { platform, type WorkerThread } from "#engine/platform/api.ts";

/** What a thread says. */
export type ThreadMessage =
  | { readonly kind: "done"; readonly run: number }
  | { readonly kind: "failed"; readonly run: number; readonly thread: number; readonly message: string }
  | ({ readonly kind: "reply" } & Reply);

/** The answer to grow, write or read; `message` is empty when it went well. */
export interface Reply {
  readonly request: number;
  readonly message: string;
  readonly bytes: Uint8Array | undefined;
}

export interface ThreadHandlers {
  readonly onMessage: (message: ThreadMessage) => void;
  /** A thread is gone, or said what none of ours says. */
  readonly onCrash: (error: Error) => void;
}

export class WasmThreads {
  readonly #numThreads: number;
  readonly #handlers: ThreadHandlers;
  #workers: readonly WorkerThread[];
  #numHolds = 0;

  constructor(numThreads: number, handlers: ThreadHandlers) {
    this.#numThreads = numThreads;
    this.#handlers = handlers;
    this.#workers = this.#startAll();
  }

  /** Tells each thread its number and the memory. */
  start(message: Readonly<Record<string, unknown>>): void {
    for (const [thread, worker] of this.#workers.entries()) worker.post({ kind: "start", thread, ...message });
  }

  /** Posts to every thread; what is transferred goes to the only one. */
  post(message: Readonly<Record<string, unknown>>, transfer?: readonly ArrayBuffer[]): void {
    for (const worker of this.#workers) worker.post(message, transfer);
  }

  /** Keeps the process alive until as many `drop`s. */
  hold(): void {
    this.#numHolds += 1;
    if (this.#numHolds === 1) for (const worker of this.#workers) worker.keepAlive(true);
  }

  drop(): void {
    this.#numHolds -= 1;
    if (this.#numHolds === 0) for (const worker of this.#workers) worker.keepAlive(false);
  }

  /** Ends every thread and starts as many new ones. */
  async restart(message: Readonly<Record<string, unknown>>): Promise<void> {
    await this.terminate();
    this.#workers = this.#startAll();
    if (this.#numHolds > 0) for (const worker of this.#workers) worker.keepAlive(true);
    this.start(message);
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #startAll(): WorkerThread[] {
    return Array.from({ length: this.#numThreads }, () => {
      const worker = platform().startWorker();
      worker.onMessage((message) => {
        const decoded = decode(message);
        if (decoded === undefined) this.#handlers.onCrash(new Error("a thread sent a message of another program"));
        else this.#handlers.onMessage(decoded);
      });
      worker.onError(this.#handlers.onCrash);
      return worker;
    });
  }
}

function decode(message: unknown): ThreadMessage | undefined {
  if (typeof message !== "object" || message === null || !("kind" in message)) return undefined;
  const numberOf = (name: string): number => Number(name in message ? Reflect.get(message, name) : Number.NaN);
  const text: unknown = "message" in message ? message.message : "";
  if (message.kind === "done") return { kind: "done", run: numberOf("run") };
  if (message.kind === "failed") {
    return { kind: "failed", run: numberOf("run"), thread: numberOf("thread"), message: String(text) };
  }
  if (message.kind !== "reply") return undefined;
  const bytes = "bytes" in message && message.bytes instanceof Uint8Array ? message.bytes : undefined;
  return { kind: "reply", request: numberOf("request"), message: String(text), bytes };
}

/** Says that the device is gone. */
export function closedError(): SinterError {
  return new SinterError("state", "The wasm device is closed. Open another with useDevice.");
}
