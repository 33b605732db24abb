// The address space of a native device.

import { SinterError } from "#engine/base/error.ts";
import type { NativeMachine } from "#engine/platform/api.ts";
import type { Space } from "#engine/runtime/heap.ts";

const pageBytes = 65536;
/** A part of one would split it. */
const hugePageBytes = 2 ** 21;
const leastBytes = 2 ** 25;

/** Address space that is taken from the system at once and handed out from its begin. */
export class NativeSpace implements Space {
  readonly start: number;
  readonly bytes: number;
  readonly #machine: NativeMachine;
  #end: number;

  constructor(machine: NativeMachine, bytes: number) {
    const { start, bytes: reserved } = reserve(machine, bytes);
    this.bytes = reserved;
    this.#machine = machine;
    this.start = start;
    this.#end = this.start + pageBytes;
  }

  get capacity(): number {
    return this.#end;
  }

  get maximumBytes(): number {
    return this.start + this.bytes;
  }

  giveBack(start: number, end: number): void {
    const first = Math.ceil(start / hugePageBytes) * hugePageBytes;
    const bytes = Math.floor(end / hugePageBytes) * hugePageBytes - first;
    if (bytes > 0) this.#machine.giveBack(first, bytes);
  }

  grow(pages: number): boolean {
    const end = this.#end + pages * pageBytes;
    if (end > this.maximumBytes) return false;
    this.#end = end;
    return true;
  }
}

/** Less where the system gives less; then half of what it would give, since the rest of the process needs space, too. */
function reserve(machine: NativeMachine, wanted: number): { readonly start: number; readonly bytes: number } {
  for (let bytes = wanted; ; bytes = Math.floor(bytes / 2)) {
    try {
      const start = machine.reserve(bytes);
      if (bytes === wanted || bytes / 2 < leastBytes) return { start, bytes };
      machine.free(start, bytes);
      const half = Math.floor(bytes / 2);
      return { start: machine.reserve(half), bytes: half };
    } catch (error) {
      if (bytes / 2 < leastBytes || !(error instanceof SinterError) || error.code !== "memory") throw error;
    }
  }
}
