// Allocation on a device of one address space: grows the memory in steps, counts the bytes of blocks, asks for a collection when they pass
// a threshold, and says what is short when nothing helps.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { Allocator } from "#engine/runtime/allocator.ts";

const mebibyte = 2 ** 20;
const growthBytes = 16 * mebibyte;
const pageBytes = 65536;
/** Free memory goes back when so much of it was in use, and more than half of that is free. */
const leastGivenBack = 256 * mebibyte;
/** A program that fills and frees large memory in turn shall not wait for new pages each time. */
const givingBackMs = 5000;

/** Memory that can grow at its end. */
export interface Space {
  /** Where it ends now. */
  readonly capacity: number;
  readonly maximumBytes: number;
  /** Adds pages of 64 KiB. False when the machine gives no more. */
  grow(pages: number): boolean;
  /** Lets the system have what lies between two addresses until it is touched again, where that can be. */
  giveBack?(start: number, end: number): void;
}

export interface HeapOptions {
  /** Where blocks may begin. */
  readonly start: number;
  /** Bytes at the end where nothing lies, so that a vector read at the end of the last block stays inside. */
  readonly slackBytes: number;
  /** Bytes of blocks handed out until a collection is due; default 64 MiB. */
  readonly garbageStep?: number | undefined;
}

export class Heap {
  readonly #device: string;
  readonly #space: Space;
  readonly #slackBytes: number;
  readonly #allocator: Allocator;
  readonly #garbageStep: number;
  #blockBytes = 0;
  #threshold: number;
  #isCollectionDue = false;
  /** Most bytes taken since memory was last given back, and when that was. */
  #mostTaken = 0;
  #givenBackAt = -Infinity;

  /** @param device its name, for messages */
  constructor(device: string, space: Space, { start, slackBytes, garbageStep = 64 * mebibyte }: HeapOptions) {
    this.#device = device;
    this.#space = space;
    this.#slackBytes = slackBytes;
    this.#allocator = new Allocator(start, space.capacity - slackBytes);
    this.#garbageStep = garbageStep;
    this.#threshold = garbageStep;
  }

  /** Bytes taken, the device's own included. */
  get takenBytes(): number {
    return this.#allocator.liveBytes;
  }

  get capacity(): number {
    return this.#space.capacity;
  }

  /** Bytes of the blocks handed out and not let go of. */
  get blockBytes(): number {
    return this.#blockBytes;
  }

  /** An address for a block, which its holder may forget to give back. @throws memory as `allocate` */
  allocateBlock(bytes: number): number {
    if (this.#blockBytes + bytes > this.#threshold) {
      // What a collection finds comes back later, so that it may as well wait for a run, beside which it costs no time.
      if (this.#isCollectionDue) this.collectIfDue();
      else this.#isCollectionDue = true;
      this.#threshold = this.#blockBytes + bytes + this.#garbageStep;
    }
    const address = this.allocate(bytes);
    this.#blockBytes += bytes;
    return address;
  }

  /** Makes a collection due. */
  askForCollection(): void {
    this.#isCollectionDue = true;
  }

  /** Asks for a collection if one is due; for a moment when others compute. */
  collectIfDue(): void {
    if (!this.#isCollectionDue) return;
    this.#isCollectionDue = false;
    platform().collectGarbage();
  }

  /** Nobody holds a block of `bytes` any more; `release` follows when no run uses it. */
  letGo(bytes: number): void {
    this.#blockBytes -= bytes;
    this.#threshold = Math.min(this.#threshold, this.#blockBytes + 2 * this.#garbageStep);
  }

  /** An address for `bytes`. @throws memory when there is no room even after a collection */
  allocate(bytes: number): number {
    const address = this.#find(bytes);
    if (address !== undefined) return address;
    platform().collectGarbage();
    const retried = this.#find(bytes);
    if (retried !== undefined) return retried;
    throw this.#shortage(bytes);
  }

  /** Waits for collected objects to give their memory back until `bytes` fit. @throws memory when they never do */
  async makeRoom(bytes: number): Promise<void> {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const address = this.#find(bytes);
      if (address !== undefined) {
        this.release(address);
        return;
      }
      platform().collectGarbage();
      await platform().yield();
    }
    throw this.#shortage(bytes);
  }

  release(address: number): void {
    this.#allocator.release(address);
    const free = this.#mostTaken - this.takenBytes;
    if (free < leastGivenBack || free < this.#mostTaken / 2) return;
    const now = platform().now();
    if (now - this.#givenBackAt < givingBackMs) return;
    for (const { start, end } of this.#allocator.freeRanges) this.#space.giveBack?.(start, end);
    this.#givenBackAt = now;
    this.#mostTaken = this.takenBytes;
  }

  #find(bytes: number): number | undefined {
    const address = this.#allocator.allocate(bytes) ?? this.#findGrown(bytes);
    this.#mostTaken = Math.max(this.#mostTaken, this.takenBytes);
    return address;
  }

  #findGrown(bytes: number): number | undefined {
    const missing = this.#allocator.missingFor(bytes);
    const room = this.#space.maximumBytes - this.#space.capacity;
    const wanted = Math.min(room, Math.max(missing, growthBytes, this.#space.capacity / 8));
    for (const growth of [wanted, missing]) {
      const pages = Math.ceil(growth / pageBytes);
      if (growth < missing || pages * pageBytes > room || !this.#space.grow(pages)) continue;
      this.#allocator.extend(this.#space.capacity - this.#slackBytes);
      return this.#allocator.allocate(bytes);
    }
    return undefined;
  }

  #shortage(bytes: number): SinterError {
    const { maximumBytes } = this.#space;
    return new SinterError(
      "memory",
      `${this.#device}: ${sizeText(bytes)} asked for, ${sizeText(this.takenBytes)} of at most ${sizeText(maximumBytes)} taken, largest free piece ` +
        `${sizeText(this.#allocator.largestFree)}. Use a smaller batch or model, or drop tensors that you no longer need.`,
      { bytes, takenBytes: this.takenBytes, maximumBytes },
    );
  }
}

function sizeText(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}
