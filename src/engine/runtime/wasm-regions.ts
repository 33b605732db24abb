// The regions that all programs of a wasm device share: the arena of intermediates and each thread's scratch. They only
// grow; runs in flight keep the old ones.

import type { KernelProgram } from "#engine/graph/kernel.ts";
import type { Heap } from "#engine/runtime/heap.ts";
import type { Regions } from "#engine/runtime/wasm-program.ts";
import type { WasmRuns } from "#engine/runtime/wasm-runs.ts";

interface Region {
  readonly address: number;
  readonly bytes: number;
}

const scratchAlignment = 4096;

export class WasmRegions {
  readonly #heap: Heap;
  readonly #runs: WasmRuns;
  readonly #numThreads: number;
  #arena: Region = { address: 0, bytes: 0 };
  #scratch: Region = { address: 0, bytes: 0 };

  constructor(heap: Heap, runs: WasmRuns, numThreads: number) {
    this.#heap = heap;
    this.#runs = runs;
    this.#numThreads = numThreads;
  }

  /** Where they lie now. */
  get current(): Regions {
    const scratchStride = this.#scratch.bytes / this.#numThreads;
    return { arena: this.#arena.address, scratch: this.#scratch.address, scratchStride };
  }

  /** Makes both large enough for a program. @throws memory when there is no room; the old ones stay */
  reserve(program: KernelProgram): void {
    const scratchBytes = Math.max(0, ...program.kernels.map((kernel) => kernel.scratchBytes));
    const stride = Math.ceil(scratchBytes / scratchAlignment) * scratchAlignment;
    this.#grow(this.#arena, program.arenaBytes, (region) => (this.#arena = region));
    this.#grow(this.#scratch, stride * this.#numThreads, (region) => (this.#scratch = region));
  }

  #grow(region: Region, bytes: number, assign: (region: Region) => void): void {
    if (bytes <= region.bytes) return;
    const isIdle = this.#runs.isComplete(this.#runs.numIssued);
    if (region.bytes === 0 || !isIdle) {
      assign({ address: this.#heap.allocate(bytes), bytes });
      if (region.bytes > 0) this.#runs.whenOver(this.#runs.numIssued, () => this.#heap.release(region.address));
      return;
    }
    // Given back first, so that the new region may grow over the old one.
    this.#heap.release(region.address);
    try {
      assign({ address: this.#heap.allocate(bytes), bytes });
    } catch (error) {
      assign({ address: this.#heap.allocate(region.bytes), bytes: region.bytes });
      throw error;
    }
  }
}
