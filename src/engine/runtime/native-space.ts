// The address space of a native device.

import type { NativeMachine } from "#engine/platform/api.ts";
import type { Space } from "#engine/runtime/heap.ts";

const pageBytes = 65536;
/** A part of one would split it. */
const hugePageBytes = 2 ** 21;

/** Address space that is taken from the system at once and handed out from its begin. */
export class NativeSpace implements Space {
  readonly start: number;
  readonly bytes: number;
  readonly #machine: NativeMachine;
  #end: number;

  constructor(machine: NativeMachine, bytes: number) {
    this.bytes = bytes;
    this.#machine = machine;
    this.start = machine.reserve(bytes);
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
