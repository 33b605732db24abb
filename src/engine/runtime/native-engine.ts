// The low half of the native device: memory, code and threads of one device. Work is done in the order called; the event
// loop stays free while threads compute.

import { byteSize, hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { BugError, SinterError } from "#engine/base/error.ts";
import type { Kernel, KernelProgram, TargetTraits } from "#engine/graph/kernel.ts";
import { platform, type LoadedCode, type NativeMachine } from "#engine/platform/api.ts";
import { Heap } from "#engine/runtime/heap.ts";
import { NativeBlock } from "#engine/runtime/native-block.ts";
import { codeOf, type NativeCode } from "#engine/runtime/native-code.ts";
import { machineOf } from "#engine/runtime/native-processor.ts";
import { NativeProgram } from "#engine/runtime/native-program.ts";
import { NativeSpace } from "#engine/runtime/native-space.ts";
import type { Driver } from "#engine/target/machine/driver.ts";
import { control, threadStart } from "#engine/target/machine/layout.ts";
import type { InstructionSet } from "#engine/target/x64/traits.ts";

export interface NativeEngineOptions {
  /** Threads that compute; every core by default. */
  readonly threads?: number | undefined;
  /** Default: the best that the processor has. */
  readonly instructionSet?: InstructionSet | undefined;
  /** Whether 3 x 3 convolutions may take Winograd's algorithm; default true. */
  readonly winograd?: boolean | undefined;
  /** Bytes that the memory may grow to; by default what the process may take. */
  readonly maximumBytes?: number | undefined;
  /** Measures the time of every kernel. */
  readonly profile?: boolean | undefined;
  readonly garbageStep?: number | undefined;
}

/** How often a thread looks for the others before it sleeps: about twenty microseconds. */
const spinsOnFreeCores = 1000;
const spinsOnSharedCores = 1;
const codeAlignment = 64;
/** Programs that nobody holds keep code and some 60 KiB of JavaScript each until they are collected. */
const programsOfCollection = 128;

/** A region that all programs of the device share; it only grows. */
interface Region {
  address: number;
  bytes: number;
}

export class NativeEngine {
  readonly numThreads: number;
  readonly traits: TargetTraits;
  readonly #code: NativeCode;
  readonly #isMeasured: boolean;
  readonly #machine: NativeMachine;
  readonly #space: NativeSpace;
  readonly #heap: Heap;
  readonly #control: number;
  readonly #driver: Driver & { readonly loaded: LoadedCode };
  readonly #arena: Region = { address: 0, bytes: 0 };
  readonly #scratch: Region = { address: 0, bytes: 0 };
  readonly #loaded = new Set<NativeProgram>();
  #ends: readonly (() => Promise<void>)[] | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  /** Work that is called and not done. */
  #numPending = 0;
  /** Programs loaded so far. */
  #numLoaded = 0;
  #isClosed = false;

  /** @throws device where machine code cannot be run, with the reason; option for a number of threads that cannot be */
  constructor(options: NativeEngineOptions = {}) {
    const { threads = platform().numThreads, winograd = true, garbageStep } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > 256) {
      throw new SinterError("option", `native: threads ${threads}, expected 1 to 256.`, { threads });
    }
    this.#machine = machineOf();
    this.#isMeasured = options.profile === true;
    this.numThreads = threads;
    this.#code = codeOf(this.#machine, options.instructionSet);
    this.traits = { ...this.#code.traits, usesWinograd: winograd };
    this.#space = new NativeSpace(this.#machine, options.maximumBytes ?? platform().availableBytes() ?? 2 ** 32);
    this.#heap = new Heap("native", this.#space, { start: this.#space.start, slackBytes: 4096, garbageStep });
    this.#control = this.#heap.allocate(control.bytes);
    const driver = this.#code.encodeDriver();
    this.#driver = { ...driver, loaded: this.#machine.loadCode(driver.code) };
    this.#writeControl();
  }

  get liveBytes(): number {
    return this.#heap.blockBytes;
  }

  /** One line for `sinter doctor`. */
  get description(): string {
    return `machine code for ${this.#code.processor}, ${this.numThreads} thread${this.numThreads === 1 ? "" : "s"}`;
  }

  /** What decides the last bits of results. */
  get arithmetic(): string {
    return `${this.#code.arithmetic}${this.traits.usesWinograd ? "" : " without winograd"}`;
  }

  /** Memory of `bytes`, not cleared. @throws memory when there is no room */
  allocate(bytes: number): NativeBlock {
    this.#checkOpen();
    const { mostBufferBytes: most } = this.traits;
    if (bytes > most) {
      throw new SinterError(
        "memory",
        `native: a tensor of ${(bytes / 2 ** 30).toFixed(2)} GiB, at most ${(most / 2 ** 30).toFixed(2)} GiB can be reached. Keep it in parts, or use "wasm".`,
        { bytes, most },
      );
    }
    const address = this.#heap.allocateBlock(bytes);
    return new NativeBlock(address, bytes, () => {
      this.#heap.letGo(bytes);
      this.#afterPending(() => this.#heap.release(address));
    });
  }

  write(block: NativeBlock, values: HostArray): Promise<void> {
    this.#check(block, values.byteLength);
    return this.#inOrder(() => {
      this.#machine.copyIn(block.address, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    });
  }

  /** A copy of the first `size` elements of a block. */
  read(block: NativeBlock, dtype: DType, size: number): Promise<HostArray> {
    this.#check(block, size * byteSize(dtype));
    const values = hostArray(dtype, size);
    return this.#inOrder(() => {
      this.#machine.copyOut(block.address, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return values;
    });
  }

  /** Compiles a program. `pause` is awaited between kernels. */
  async load(program: KernelProgram, pause: () => Promise<void>): Promise<NativeProgram> {
    this.#checkOpen();
    const parts: Uint8Array[] = [];
    const kernels: number[] = [];
    // Equal kernels share their body.
    const codes = new Map<Kernel["body"], Uint8Array>();
    let bytes = 0;
    for (const kernel of program.kernels) {
      const code = codes.get(kernel.body) ?? this.#code.encodeKernel(kernel).code;
      codes.set(kernel.body, code);
      kernels.push(bytes);
      parts.push(code);
      bytes += Math.ceil(code.length / codeAlignment) * codeAlignment;
      // oxlint-disable-next-line no-await-in-loop -- lets other work of this thread run
      await pause();
    }
    const code = new Uint8Array(Math.max(bytes, codeAlignment));
    parts.forEach((part, index) => code.set(part, kernels[index]));
    this.#checkOpen();
    const loaded = new NativeProgram(program, this.#machine.loadCode(code), kernels);
    this.#loaded.add(loaded);
    this.#numLoaded += 1;
    if (this.#numLoaded % programsOfCollection === 0) this.#heap.askForCollection();
    return loaded;
  }

  /** Gives a program's code back when no run uses it any more. */
  unload(loaded: NativeProgram): void {
    if (this.#isClosed) return;
    this.#afterPending(() => {
      if (this.#loaded.delete(loaded)) loaded.code.free();
    });
  }

  /** Runs a program after everything called before it. @param blocks its arguments in order */
  run(loaded: NativeProgram, blocks: readonly NativeBlock[]): Promise<void> {
    this.#checkOpen();
    for (const block of blocks) this.#check(block, 0);
    return this.#inOrder(() => this.#run(loaded, blocks));
  }

  /** Waits for the runs called so far, then gives threads, code and memory back. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#tail;
    if (this.#ends !== undefined) {
      this.#writeWords(control.isEnding, [1]);
      this.#machine.call(this.#driver.loaded.address + this.#driver.wake, this.#control);
      await Promise.all(this.#ends.map((end) => end()));
    }
    for (const { code } of this.#loaded) code.free();
    this.#driver.loaded.free();
    this.#machine.free(this.#space.start, this.#space.bytes);
  }

  async #run(loaded: NativeProgram, blocks: readonly NativeBlock[]): Promise<void> {
    const { program } = loaded;
    // Threads tell runs apart by their barriers, and nothing has none.
    if (loaded.groupBytes === 0) return;
    this.#startThreads();
    this.#reserve(program);
    const table = this.#heap.allocate(loaded.tableBytes);
    try {
      const addresses = blocks.map(({ address }) => address);
      this.#machine.copyIn(table, loaded.fill(table, addresses, this.#arena.address));
      this.#writeWords(control.groups, wordsOf([table, table + loaded.groupBytes]));
      const started = platform().now();
      const running = this.#machine.callAside(this.#driver.loaded.address + this.#driver.main, this.#control);
      this.#heap.collectIfDue();
      await running;
      if (!this.#isMeasured) return;
      const groups = new Uint8Array(loaded.groupBytes);
      this.#machine.copyOut(table, groups);
      loaded.measured(groups, platform().now() - started);
    } finally {
      this.#heap.release(table);
    }
  }

  #startThreads(): void {
    if (this.#ends !== undefined) return;
    const ends: (() => Promise<void>)[] = [];
    this.#ends = ends;
    const entry = this.#driver.loaded.address + this.#driver.worker;
    for (let thread = 1; thread < this.numThreads; thread += 1) {
      const start = this.#heap.allocate(threadStart.bytes);
      this.#machine.copyIn(start, new Uint8Array(new Uint32Array([...wordsOf([this.#control]), thread, 0]).buffer));
      ends.push(this.#machine.startThread(entry, start));
    }
  }

  /** Makes arena and scratch large enough; nothing runs meanwhile. @throws memory when there is no room */
  #reserve(program: KernelProgram): void {
    const scratchBytes = Math.max(0, ...program.kernels.map((kernel) => kernel.scratchBytes));
    const stride = Math.ceil(scratchBytes / 4096) * 4096;
    this.#grow(this.#arena, program.arenaBytes);
    if (this.#grow(this.#scratch, stride * this.numThreads)) {
      this.#writeWords(control.scratch, wordsOf([this.#scratch.address, this.#scratch.bytes / this.numThreads]));
    }
  }

  #grow(region: Region, bytes: number): boolean {
    if (bytes <= region.bytes) return false;
    if (region.bytes > 0) this.#heap.release(region.address);
    region.bytes = 0;
    region.address = this.#heap.allocate(bytes);
    region.bytes = bytes;
    return true;
  }

  #writeControl(): void {
    this.#machine.copyIn(this.#control, new Uint8Array(control.bytes));
    const areCoresFree = this.numThreads <= platform().numThreads;
    const spins = areCoresFree ? spinsOnFreeCores : spinsOnSharedCores;
    this.#writeWords(control.numThreads, [this.numThreads, spins, 0, this.#code.floatMode]);
  }

  #writeWords(offset: number, words: readonly number[]): void {
    this.#machine.copyIn(this.#control + offset, new Uint8Array(new Uint32Array(words).buffer));
  }

  #inOrder<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.#numPending += 1;
    const result = this.#tail.then(work).finally(() => {
      this.#numPending -= 1;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Acts when nothing called so far uses memory or code any more. */
  #afterPending(act: () => void): void {
    if (this.#isClosed) return;
    if (this.#numPending === 0) act();
    else void this.#inOrder(act);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new SinterError("state", 'The device was closed. Choose one again: useDevice("native").');
  }

  #check(block: NativeBlock, bytes: number): void {
    this.#checkOpen();
    if (block.isReleased) throw new BugError("Memory is used after it was released.");
    if (bytes > block.bytes) throw new BugError(`${bytes} bytes do not fit into a block of ${block.bytes}.`);
  }
}

/** Addresses as pairs of words, the lower first. */
function wordsOf(addresses: readonly number[]): number[] {
  return addresses.flatMap((address) => [address % 2 ** 32, Math.floor(address / 2 ** 32)]);
}
