// One piece of a wasm device's memory, as the runtime holds it: where it lies, and what still uses it.

import type { DeviceMemory } from "#engine/runtime/device.ts";

export class WasmBlock implements DeviceMemory {
  readonly address: number;
  readonly bytes: number;
  /** The newest run that was given the block. */
  lastRun = 0;
  /** The newest read or write of the host, until it is over. */
  hostWork: Promise<void> | undefined;
  readonly #onRelease: (block: WasmBlock) => void;
  #isReleased = false;

  constructor(address: number, bytes: number, onRelease: (block: WasmBlock) => void) {
    this.address = address;
    this.bytes = bytes;
    this.#onRelease = onRelease;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Gives the memory back as soon as no running work uses it; a second call does nothing. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#onRelease(this);
  }
}
