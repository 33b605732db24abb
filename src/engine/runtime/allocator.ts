// Which ranges of an address space are taken. Best fit, neighbours joined when freed, so that a step that allocates and
// frees the same sizes stays flat. Knows addresses only; growing the memory is the owner's.

import { BugError } from "#engine/base/error.ts";

/** Every block begins at a multiple of this: two cache lines, which is what the prefetcher takes at once. */
export const alignment = 128;

/** A free range: `[start, end)`. */
interface Range {
  start: number;
  end: number;
}

export class Allocator {
  /** Free ranges in order of address, no two adjacent. */
  readonly #free: Range[] = [];
  readonly #sizes = new Map<number, number>();
  readonly #start: number;
  #end: number;
  #liveBytes = 0;

  /** An allocator of `[start, end)`. */
  constructor(start: number, end: number) {
    this.#start = start;
    this.#end = start;
    this.extend(end);
  }

  /** Bytes handed out, rounded up to the alignment. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The end of the space. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that must be added at the end for a block of `bytes` to fit there. */
  missingFor(bytes: number): number {
    const last = this.#free.at(-1);
    const atEnd = last !== undefined && last.end === this.#end ? last.end - last.start : 0;
    return Math.max(0, rounded(bytes) - atEnd);
  }

  /** The largest block that fits now. */
  get largestFree(): number {
    return this.#free.reduce((largest, range) => Math.max(largest, range.end - range.start), 0);
  }

  /** What is free, in order of address. */
  get freeRanges(): readonly Readonly<Range>[] {
    return this.#free;
  }

  /** Moves the end of the space on. */
  extend(end: number): void {
    if (end <= this.#end) return;
    this.#insert(this.#end, end);
    this.#end = end;
  }

  /** An address, or undefined when nothing fits. */
  allocate(bytes: number): number | undefined {
    const size = rounded(bytes);
    let best: Range | undefined;
    for (const range of this.#free) {
      const room = range.end - range.start;
      if (room >= size && (best === undefined || room < best.end - best.start)) best = range;
    }
    if (best === undefined) return undefined;
    const address = best.start;
    best.start += size;
    if (best.start === best.end) this.#free.splice(this.#free.indexOf(best), 1);
    this.#sizes.set(address, size);
    this.#liveBytes += size;
    return address;
  }

  /** Gives a block back. @throws bug when the address was not handed out */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new BugError(`Memory at ${address} released twice.`, { address, start: this.#start });
    this.#sizes.delete(address);
    this.#liveBytes -= size;
    this.#insert(address, address + size);
  }

  #insert(start: number, end: number): void {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#free[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const before = this.#free[low - 1];
    const after = this.#free[low];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    if (before !== undefined && joinsBefore) {
      before.end = after !== undefined && joinsAfter ? after.end : end;
      if (joinsAfter) this.#free.splice(low, 1);
    } else if (after !== undefined && joinsAfter) after.start = start;
    else this.#free.splice(low, 0, { start, end });
  }
}

function rounded(bytes: number): number {
  return Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
}
