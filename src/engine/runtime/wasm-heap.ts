// Allocation on a wasm device: grows the memory in steps, counts live bytes, asks for a collection when they pass a
// threshold, and says what is short when nothing helps.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { Allocator } from "#engine/runtime/wasm-allocator.ts";
import type { HostAccess } from "#engine/runtime/wasm-memory.ts";
import { heapStart, pageBytes } from "#engine/target/wasm/layout.ts";

const mebibyte = 2 ** 20;
const growthBytes = 16 * mebibyte;
/** Nothing lies in the last page, so that a vector read at the end of the last block stays inside. */
const slackBytes = pageBytes;

export class WasmHeap {
  readonly #access: HostAccess;
  readonly #allocator: Allocator;
  readonly #garbageStep: number;
  #threshold: number;

  /** @param garbageStep bytes that may be handed out before a collection is asked for */
  constructor(access: HostAccess, garbageStep: number) {
    this.#access = access;
    this.#allocator = new Allocator(heapStart, access.capacity - slackBytes);
    this.#garbageStep = garbageStep;
    this.#threshold = garbageStep;
  }

  /** Bytes taken, the device's own included. */
  get takenBytes(): number {
    return this.#allocator.liveBytes;
  }

  get capacity(): number {
    return this.#access.capacity;
  }

  /** An address for `bytes`. @throws memory when there is no room even after a collection */
  allocate(bytes: number): number {
    if (this.takenBytes + bytes > this.#threshold) {
      platform().collectGarbage();
      this.#threshold = this.takenBytes + bytes + this.#garbageStep;
    }
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
    this.#threshold = Math.min(this.#threshold, this.takenBytes + 2 * this.#garbageStep);
  }

  #find(bytes: number): number | undefined {
    const address = this.#allocator.allocate(bytes);
    if (address !== undefined) return address;
    const missing = this.#allocator.missingFor(bytes);
    const room = this.#access.maximumBytes - this.#access.capacity;
    const wanted = Math.min(room, Math.max(missing, growthBytes, this.#access.capacity / 8));
    for (const growth of [wanted, missing]) {
      const pages = Math.ceil(growth / pageBytes);
      if (growth < missing || pages * pageBytes > room || !this.#access.grow(pages)) continue;
      this.#allocator.extend(this.#access.capacity - slackBytes);
      return this.#allocator.allocate(bytes);
    }
    return undefined;
  }

  #shortage(bytes: number): SinterError {
    const { maximumBytes } = this.#access;
    return new SinterError(
      "memory",
      `wasm: ${sizeText(bytes)} asked for, ${sizeText(this.takenBytes)} of at most ${sizeText(maximumBytes)} taken, largest free piece ` +
        `${sizeText(this.#allocator.largestFree)}. Use a smaller batch or model, or drop tensors that you no longer need.`,
      { bytes, takenBytes: this.takenBytes, maximumBytes },
    );
  }
}

function sizeText(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1)} MiB`;
}
