// The low half of the wasm device: one memory, its threads, and programs run in the order called. Host reads and writes
// wait for the runs that use a block, and runs wait for them; nothing here blocks or computes on the main thread.

import { byteSize, hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { BugError, SinterError, messageOf } from "#engine/base/error.ts";
import type { KernelProgram, TargetTraits } from "#engine/graph/kernel.ts";
import { platform } from "#engine/platform/api.ts";
import { WasmBlock } from "#engine/runtime/wasm-block.ts";
import { Heap } from "#engine/runtime/heap.ts";
import { PrivateAccess, SharedAccess } from "#engine/runtime/wasm-memory.ts";
import { LoadedProgram } from "#engine/runtime/wasm-program.ts";
import { WasmRegions } from "#engine/runtime/wasm-regions.ts";
import { WasmRuns } from "#engine/runtime/wasm-runs.ts";
import { closedError, WasmThreads, type ThreadMessage } from "#engine/runtime/wasm-threads.ts";
import { encodeByParts } from "#engine/target/wasm/encode.ts";
import { hasFusedMultiplyAdd } from "#engine/target/wasm/relaxed.ts";
import { heapStart, pageBytes } from "#engine/target/wasm/layout.ts";
import { wasmTraits } from "#engine/target/wasm/traits.ts";

export interface WasmEngineOptions {
  /** Threads that compute; every core by default, one where memory cannot be shared. */
  readonly threads?: number;
  /** Whether to use relaxed multiply-add where the host has it and it rounds once; default true. */
  readonly relaxed?: boolean;
  /** Whether 3 x 3 convolutions may take Winograd's algorithm; default true. */
  readonly winograd?: boolean;
  /** Whether the host sees the threads' memory; by default where the platform can. */
  readonly shared?: boolean;
  /** Bytes that the memory may grow to; default 4 GiB. */
  readonly maximumBytes?: number;
  /** Bytes of blocks handed out until a collection is due, beside the next run or after as many again; default 64 MiB. */
  readonly garbageStep?: number;
}

/** How often a thread looks for the others before it sleeps: about ten microseconds. */
const spinsOnFreeCores = 8000;
const spinsOnSharedCores = 1;

export class WasmEngine {
  readonly numThreads: number;
  readonly relaxed: boolean;
  readonly traits: TargetTraits;
  readonly #access: SharedAccess | PrivateAccess;
  readonly #heap: Heap;
  readonly #runs: WasmRuns;
  readonly #programs = new Map<number, LoadedProgram>();
  readonly #threads: WasmThreads;
  readonly #regions: WasmRegions;
  /** The newest run that had to wait before it was posted. */
  #gate: Promise<void> | undefined;
  #numLoaded = 0;
  #numRestarts = 0;
  #isRestarting = false;
  #closed: SinterError | undefined;

  /** @throws option for a number of threads that cannot be, memory when the machine gives none */
  constructor(options: WasmEngineOptions = {}) {
    const isShared = options.shared ?? platform().canShareMemory;
    this.numThreads = isShared ? (options.threads ?? platform().numThreads) : 1;
    if (!Number.isInteger(this.numThreads) || this.numThreads < 1 || this.numThreads > 256) {
      throw new SinterError("option", `wasm: threads ${this.numThreads}, expected 1 to 256.`, {
        threads: options.threads,
      });
    }
    this.relaxed = (options.relaxed ?? true) && platform().enableRelaxedSimd() && hasFusedMultiplyAdd();
    this.traits = wasmTraits(this.relaxed, options.winograd ?? true);
    const maximumBytes = options.maximumBytes ?? 2 ** 32;
    this.#runs = new WasmRuns(this.numThreads, () => this.#resetControl());
    this.#threads = new WasmThreads(this.numThreads, {
      onMessage: (message) => this.#receive(message),
      onCrash: (error) => void this.#crash(error),
    });
    this.#access = isShared ? new SharedAccess(maximumBytes) : new PrivateAccess(this.#threads, maximumBytes);
    this.#threads.start(this.#access.startMessage);
    const { garbageStep } = options;
    this.#heap = new Heap("wasm", this.#access, { start: heapStart, slackBytes: pageBytes, garbageStep });
    this.#regions = new WasmRegions(this.#heap, this.#runs, this.numThreads);
    this.#resetControl();
  }

  /** Bytes of the blocks handed out and not released. */
  get liveBytes(): number {
    return this.#heap.blockBytes;
  }

  /** Bytes that the memory has grown to. */
  get capacity(): number {
    return this.#heap.capacity;
  }

  /** One line for `sinter doctor`. */
  get description(): string {
    const threads = `${this.numThreads} thread${this.numThreads === 1 ? "" : "s"}`;
    const memory = this.#access.isShared ? "shared memory" : "memory of its own";
    return `WebAssembly SIMD128${this.relaxed ? " with relaxed multiply-add" : ""}, ${threads}, ${memory}`;
  }

  /** What decides the last bits of results. */
  get arithmetic(): string {
    return `wasm${this.relaxed ? " fma" : ""}${this.traits.usesWinograd ? "" : " without winograd"}`;
  }

  /** Memory of `bytes`, not cleared. @throws memory when there is no room */
  allocate(bytes: number): WasmBlock {
    this.#checkOpen();
    const address = this.#heap.allocateBlock(bytes);
    const block: WasmBlock = new WasmBlock(address, bytes, () => this.#release(block));
    return block;
  }

  /** Waits until a block of `bytes` would fit, giving collected tensors time to let go. @throws memory when never */
  makeRoom(bytes: number): Promise<void> {
    return this.#heap.makeRoom(bytes);
  }

  /** Copies values to the start of a block; they may be changed afterwards only when the promise is fulfilled. */
  write(block: WasmBlock, values: HostArray): Promise<void> {
    this.#checkBlock(block, values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#hostWork(block, () => this.#access.write(block.address, bytes));
  }

  /** A copy of the first `size` elements of a block. */
  async read(block: WasmBlock, dtype: DType, size: number): Promise<HostArray> {
    const length = size * byteSize(dtype);
    this.#checkBlock(block, length);
    const values = hostArray(dtype, size);
    await this.#hostWork(block, () => this.#access.read(block.address, new Uint8Array(values.buffer)));
    return values;
  }

  /** Compiles a program and gives it to the threads. `pause` is awaited between kernels, so that a page stays alive. */
  async load(
    program: KernelProgram,
    options: { readonly profile?: boolean; readonly pause?: () => Promise<void> } = {},
  ): Promise<LoadedProgram> {
    this.#checkOpen();
    const { profile = false, pause } = options;
    const bytes = await this.#encode(program, profile, pause);
    const module = await WebAssembly.compile(bytes);
    this.#checkOpen();
    this.#regions.reserve(program);
    const times = profile ? this.#heap.allocate(program.steps.length * 8) : undefined;
    this.#numLoaded += 1;
    const loaded = new LoadedProgram({ id: this.#numLoaded, program, module, moduleBytes: bytes.length, times });
    if (times !== undefined) await this.#access.write(times, new Uint8Array(program.steps.length * 8));
    this.#programs.set(loaded.id, loaded);
    await this.#runs.recovery;
    this.#threads.post({ kind: "load", program: loaded.id, module });
    return loaded;
  }

  async #encode(
    program: KernelProgram,
    profile: boolean,
    pause: (() => Promise<void>) | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const isThreaded = this.numThreads > 1;
    const options = { isThreaded, isShared: this.#access.isShared, relaxed: this.relaxed, profile };
    const parts = encodeByParts(program, options);
    for (;;) {
      const { done, value } = parts.next();
      if (done === true) return value;
      await pause?.();
    }
  }

  /** Takes a program away from the threads; runs already called still happen. */
  unload(loaded: LoadedProgram): void {
    if (loaded.isUnloaded || this.#closed !== undefined) return;
    loaded.isUnloaded = true;
    this.#runs.whenOver(loaded.lastRun, () => {
      this.#programs.delete(loaded.id);
      this.#threads.post({ kind: "unload", program: loaded.id });
      for (const address of loaded.freeTables.splice(0)) this.#heap.release(address);
      if (loaded.times !== undefined) this.#heap.release(loaded.times);
    });
  }

  /**
   * Runs a program after everything called before it.
   * @param blocks its arguments in order
   * @throws device when a thread fails: the results are lost, later calls work
   */
  run(loaded: LoadedProgram, blocks: readonly WasmBlock[]): Promise<void> {
    this.#checkOpen();
    if (loaded.isUnloaded) throw new BugError(`${loaded.program.name} runs after it was unloaded.`);
    for (const block of blocks) this.#checkBlock(block, 0);
    const { run, finished } = this.#runs.issue(loaded.program.name);
    loaded.lastRun = run;
    this.#threads.hold();
    const waits = blocks.flatMap((block) => block.hostWork ?? []);
    for (const block of blocks) block.lastRun = run;
    const addresses = blocks.map((block) => block.address);
    const post = (): void => this.#post(run, loaded, addresses);
    if (waits.length === 0 && this.#gate === undefined && this.#runs.recovery === undefined) post();
    else this.#postLater(waits, post);
    this.#runs.whenOver(run, () => this.#threads.drop());
    return finished;
  }

  /** Milliseconds that each step took in all profiled runs together, and how many runs. */
  async times(loaded: LoadedProgram): Promise<{ readonly numRuns: number; readonly milliseconds: readonly number[] }> {
    if (loaded.times === undefined) return { numRuns: 0, milliseconds: [] };
    await this.#runs.after(loaded.lastRun);
    const milliseconds = new Float64Array(loaded.program.steps.length);
    await this.#access.read(loaded.times, new Uint8Array(milliseconds.buffer));
    return { numRuns: loaded.numRuns, milliseconds: [...milliseconds] };
  }

  /** Waits for the runs called so far, then ends the threads. The blocks may no longer be used. */
  async close(): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = closedError();
    await this.#runs.after(this.#runs.numIssued);
    await this.#threads.terminate();
  }

  #post(run: number, loaded: LoadedProgram, addresses: readonly number[]): void {
    try {
      if (this.#closed !== undefined) throw this.#closed;
      const address = loaded.freeTables.pop() ?? this.#heap.allocate(loaded.tableBytes);
      this.#runs.whenOver(run, () => void loaded.freeTables.push(address));
      const table = loaded.fillTable(addresses, this.#regions.current);
      const message = { kind: "run", run, program: loaded.id, address };
      if (this.#access instanceof SharedAccess) this.#access.write(address, table);
      this.#threads.post(this.#access.isShared ? message : { ...message, table });
      this.#runs.posted(run);
      loaded.numRuns += 1;
      this.#heap.collectIfDue();
    } catch (error) {
      const cause = error instanceof SinterError ? error : new BugError(messageOf(error));
      this.#runs.abandon(run, cause);
    }
  }

  #postLater(waits: readonly Promise<void>[], post: () => void): void {
    const before = this.#gate;
    const open = async (): Promise<void> => {
      await before;
      await Promise.all(waits);
      while (this.#runs.recovery !== undefined) await this.#runs.recovery;
      post();
    };
    const gate = open().finally(() => {
      if (this.#gate === gate) this.#gate = undefined;
    });
    this.#gate = gate;
  }

  /** Does host work on a block after what uses it, at once where nothing does. */
  #hostWork(block: WasmBlock, work: () => Promise<void> | undefined): Promise<void> {
    const earlier = block.hostWork;
    let started: Promise<void>;
    if (earlier === undefined && this.#runs.isComplete(block.lastRun)) {
      const working = work();
      if (working === undefined) return Promise.resolve();
      started = working;
    } else started = Promise.all([earlier, this.#runs.after(block.lastRun)]).then(work);
    const clear = (): void => {
      if (block.hostWork === settled) block.hostWork = undefined;
    };
    const settled: Promise<void> = started.then(clear, clear);
    block.hostWork = settled;
    return started;
  }

  #release(block: WasmBlock): void {
    this.#heap.letGo(block.bytes);
    const free = (): void => this.#heap.release(block.address);
    if (block.hostWork === undefined) this.#runs.whenOver(block.lastRun, free);
    else void block.hostWork.then(() => this.#runs.whenOver(block.lastRun, free));
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case "done":
        this.#numRestarts = 0;
        this.#runs.done(message.run);
        return;
      case "failed":
        this.#runs.failed(message.run, message.thread, message.message);
        return;
      case "reply":
        if (this.#access instanceof PrivateAccess) this.#access.receive(message);
        return;
      default:
        message satisfies never;
    }
  }

  /** A thread is gone: ends the others, fails what runs, starts new ones. Private memory is lost, and the device with it. */
  async #crash(reason: Error): Promise<void> {
    if (this.#isRestarting || this.#closed !== undefined) return;
    this.#isRestarting = true;
    this.#numRestarts += 1;
    const message = `wasm: a thread ended: ${reason.message}. The results of running calls are lost.`;
    const error = new SinterError("device", message, {}, reason);
    if (this.#access instanceof SharedAccess && this.#numRestarts <= 2) {
      this.#access.poison();
      this.#runs.failPosted(error);
      await this.#threads.restart(this.#access.startMessage);
      for (const { id, module } of this.#programs.values()) this.#threads.post({ kind: "load", program: id, module });
    } else {
      this.#closed = error;
      if (this.#access instanceof PrivateAccess) this.#access.fail(error.message);
      this.#runs.failPosted(error);
      await this.#threads.terminate();
    }
    this.#isRestarting = false;
    this.#runs.endRecovery();
  }

  #resetControl(): void {
    if (!(this.#access instanceof SharedAccess)) return;
    const areCoresFree = this.numThreads <= platform().numThreads;
    this.#access.resetControl(this.numThreads, areCoresFree ? spinsOnFreeCores : spinsOnSharedCores);
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  #checkBlock(block: WasmBlock, bytes: number): void {
    this.#checkOpen();
    if (block.isReleased) throw new BugError("Memory is used after it was released.");
    if (bytes > block.bytes) throw new BugError(`${bytes} bytes do not fit into a block of ${block.bytes}.`);
  }
}
