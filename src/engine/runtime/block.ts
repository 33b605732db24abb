// One piece of a device's memory, as the runtime holds it.

import type { DeviceMemory } from "#engine/runtime/device.ts";

export abstract class Block implements DeviceMemory {
  readonly address: number;
  readonly bytes: number;
  readonly #onRelease: () => void;
  #isReleased = false;

  constructor(address: number, bytes: number, onRelease: () => void) {
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
    this.#onRelease();
  }
}
