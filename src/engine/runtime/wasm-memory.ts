// The memory of a wasm device, seen from the main thread: shared (read and written in place) or private to the one
// worker that computes (read and written by message). Grows it; never computes and never blocks.

import { SinterError, messageOf } from "#engine/base/error.ts";
import { control, heapStart, maxPages, pageBytes } from "#engine/target/wasm/layout.ts";
import type { Reply, WasmThreads } from "#engine/runtime/wasm-threads.ts";

/** Where the bytes are. Operations take effect in the order made. */
export interface HostAccess {
  /** Bytes that the memory has. */
  readonly capacity: number;
  readonly maximumBytes: number;
  /** What a worker's `start` message says of the memory. */
  readonly startMessage: Readonly<Record<string, unknown>>;
  /** Whether host and threads see the same bytes at once, so that the host must wait for running work. */
  readonly isShared: boolean;
  /** False when the machine gives no more. */
  grow(pages: number): boolean;
  /** Copies in; no promise when that is done already. */
  write(address: number, bytes: Uint8Array): Promise<void> | undefined;
  /** Copies out; no promise when that is done already. */
  read(address: number, into: Uint8Array): Promise<void> | undefined;
}

const initialPages = (heapStart + (1 << 20)) / pageBytes;

/** Memory that every thread and the host see. */
export class SharedAccess implements HostAccess {
  readonly #memory: WebAssembly.Memory;
  readonly maximumBytes: number;
  readonly isShared = true;

  /** @throws memory when not even a small one can be had */
  constructor(maximumBytes: number) {
    const { memory, pages } = reserve(Math.min(maxPages, Math.ceil(maximumBytes / pageBytes)));
    this.#memory = memory;
    this.maximumBytes = pages * pageBytes;
  }

  get capacity(): number {
    return this.#memory.buffer.byteLength;
  }

  get startMessage(): Readonly<Record<string, unknown>> {
    return { memory: this.#memory, control };
  }

  grow(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  write(address: number, bytes: Uint8Array): undefined {
    new Uint8Array(this.#memory.buffer, address, bytes.length).set(bytes);
  }

  read(address: number, into: Uint8Array): undefined {
    into.set(new Uint8Array(this.#memory.buffer, address, into.length));
  }

  /** Makes every thread leave its step at the next barrier. */
  poison(): void {
    const words = new Int32Array(this.#memory.buffer, 0, heapStart / 4);
    Atomics.store(words, control.poison / 4, 1);
    Atomics.add(words, control.generation / 4, 1);
    Atomics.notify(words, control.generation / 4);
  }

  /** Makes the control block ready; no thread may be inside a program. */
  resetControl(numThreads: number, spins: number): void {
    const words = new Int32Array(this.#memory.buffer, 0, heapStart / 4);
    for (const word of [control.poison, control.arrived, control.counter, control.sleepers]) {
      Atomics.store(words, word / 4, 0);
    }
    Atomics.store(words, control.numThreads / 4, numThreads);
    Atomics.store(words, control.spins / 4, spins);
  }
}

/** A shared memory reserves its maximum at once, which small machines refuse: ask for less until one is given. */
function reserve(maximum: number): { readonly memory: WebAssembly.Memory; readonly pages: number } {
  for (let pages = maximum; ; pages = Math.floor(pages / 2)) {
    try {
      const memory = new WebAssembly.Memory({ initial: initialPages, maximum: pages, shared: true });
      return { memory, pages };
    } catch (error) {
      if (pages / 2 >= initialPages) continue;
      const message = `The machine gives no shared memory (${messageOf(error)}). Close other programs, or use 1 thread.`;
      throw new SinterError("memory", message, { maximum }, error);
    }
  }
}

/** Memory that only one worker sees. */
export class PrivateAccess implements HostAccess {
  readonly #threads: WasmThreads;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly maximumBytes: number;
  readonly isShared = false;
  #capacity: number = initialPages * pageBytes;
  #requests = 0;
  #failure: string | undefined;

  constructor(threads: WasmThreads, maximumBytes: number) {
    this.#threads = threads;
    this.maximumBytes = Math.min(maximumBytes, maxPages * pageBytes);
  }

  get capacity(): number {
    return this.#capacity;
  }

  get startMessage(): Readonly<Record<string, unknown>> {
    return { descriptor: { initial: this.#capacity / pageBytes, maximum: this.maximumBytes / pageBytes } };
  }

  /** Believed until the worker says otherwise: whoever uses the memory next gets the error. */
  grow(pages: number): boolean {
    this.#capacity += pages * pageBytes;
    this.#ask({ kind: "grow", pages }).catch((error: unknown) => {
      this.#failure = messageOf(error);
    });
    return true;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await this.#ask({ kind: "write", address, bytes: copy }, [copy.buffer]);
  }

  async read(address: number, into: Uint8Array): Promise<void> {
    const { bytes } = await this.#ask({ kind: "read", address, length: into.length });
    if (bytes === undefined) throw new SinterError("device", "The worker gave no bytes. Open the device again.");
    into.set(bytes);
  }

  /** Takes a `reply` message of the worker. */
  receive(reply: Reply): void {
    this.#waiting.get(reply.request)?.(reply);
  }

  /** Fails whatever waits. */
  fail(message: string): void {
    for (const [request, settle] of this.#waiting) settle({ request, message, bytes: undefined });
  }

  #ask(message: Readonly<Record<string, unknown>>, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    this.#requests += 1;
    const request = this.#requests;
    this.#threads.hold();
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, (reply) => {
        this.#waiting.delete(request);
        this.#threads.drop();
        if (reply.message === "") resolve(reply);
        else reject(memoryError(this.#failure ?? reply.message));
      });
      this.#threads.post({ ...message, request }, transfer);
    });
  }
}

function memoryError(message: string): SinterError {
  return new SinterError("memory", `The worker's memory failed: ${message}. Use smaller batches.`, { message });
}
