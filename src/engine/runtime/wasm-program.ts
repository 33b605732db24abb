// A program loaded on a wasm device: its module, and how the table of a run is filled from addresses.

import { BugError } from "#engine/base/error.ts";
import type { KernelProgram } from "#engine/graph/kernel.ts";
import { table } from "#engine/target/wasm/layout.ts";

/** Where the regions that all programs share lie when a run is posted. */
export interface Regions {
  readonly arena: number;
  readonly scratch: number;
  readonly scratchStride: number;
}

export class LoadedProgram {
  readonly id: number;
  readonly program: KernelProgram;
  readonly module: WebAssembly.Module;
  /** Bytes of the module. */
  readonly moduleBytes: number;
  /** Where a profiled program adds milliseconds up, one f64 a step. */
  readonly times: number | undefined;
  /** Tables that no run in flight uses. */
  readonly freeTables: number[] = [];
  /** The newest run of the program. */
  lastRun = 0;
  numRuns = 0;
  isUnloaded = false;
  readonly #words: Int32Array<ArrayBuffer>;
  /** For each address the argument that it lies in, or -1 for the arena, and the bytes from its begin. */
  readonly #sources: Int32Array;
  readonly #offsets: Uint32Array;

  constructor(options: {
    readonly id: number;
    readonly program: KernelProgram;
    readonly module: WebAssembly.Module;
    readonly moduleBytes: number;
    readonly times: number | undefined;
  }) {
    this.id = options.id;
    this.program = options.program;
    this.module = options.module;
    this.moduleBytes = options.moduleBytes;
    this.times = options.times;
    const slots = options.program.steps.flatMap((step) => step.buffers);
    this.#sources = Int32Array.from(slots, (slot) => (slot.kind === "argument" ? slot.index : -1));
    this.#offsets = Uint32Array.from(slots, (slot) => slot.offset ?? 0);
    this.#words = new Int32Array(table.header / 4 + slots.length);
  }

  get tableBytes(): number {
    return this.#words.byteLength;
  }

  /** The bytes of a run's table, good until the next call. */
  fillTable(addresses: readonly number[], regions: Regions): Uint8Array<ArrayBuffer> {
    const words = this.#words;
    words[table.scratch / 4] = regions.scratch;
    words[table.scratchStride / 4] = regions.scratchStride;
    words[table.times / 4] = this.times ?? 0;
    for (let index = 0; index < this.#sources.length; index += 1) {
      const argument = this.#sources[index] ?? -1;
      const address = argument < 0 ? regions.arena : addresses[argument];
      if (address === undefined) throw new BugError(`${this.program.name}: argument ${argument} was not given.`);
      words[table.header / 4 + index] = address + (this.#offsets[index] ?? 0);
    }
    return new Uint8Array(words.buffer);
  }
}
