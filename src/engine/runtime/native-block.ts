// One piece of a native device's memory, as the runtime holds it.

import type { DeviceMemory } from "#engine/runtime/device.ts";

export class NativeBlock implements DeviceMemory {
  readonly address: number;
  readonly bytes: number;
  readonly #onRelease: (block: NativeBlock) => void;
  #isReleased = false;

  constructor(address: number, bytes: number, onRelease: (block: NativeBlock) => void) {
    this.address = address;
    this.bytes = bytes;
    this.#onRelease = onRelease;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#onRelease(this);
  }
}
