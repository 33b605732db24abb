// What is kept prepared of programs' constants on a device, and for which values of them it holds.

import type { Device, DeviceMemory, Executable } from "#engine/runtime/device.ts";
import type { Storage } from "#engine/runtime/storage.ts";

interface Prepared {
  /** Identities of the constants it was computed of. */
  readonly of: readonly object[];
  readonly memory: readonly DeviceMemory[];
}

/** Bytes that may be kept; beyond them, what was used longest ago goes. */
const mostBytes = 2 ** 30;

export class Preparations {
  readonly #device: Device;
  /** What was used longest ago comes first. */
  readonly #kept = new Map<Executable, Prepared>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** What a program needs prepared, computed now if the constants among its arguments are not those of the last time. */
  async memoryFor(
    executable: Executable,
    args: readonly Storage[],
    constants: ReadonlySet<number>,
  ): Promise<readonly DeviceMemory[]> {
    const { preparation } = executable;
    if (preparation === undefined) return [];
    const sources = args.filter((_, index) => constants.has(index));
    const known = this.#kept.get(executable);
    this.#kept.delete(executable);
    if (known?.of.every((identity, index) => identity === sources[index]?.identity) === true) {
      this.#kept.set(executable, known);
      return known.memory;
    }
    const memory = known?.memory ?? preparation.bytes.map((bytes) => this.#device.allocate(Math.max(bytes, 4)));
    try {
      await this.#device.run(preparation.executable, [...args.map((one) => one.memory), ...memory]);
    } catch (error) {
      for (const one of memory) one.release();
      throw error;
    }
    const prepared = { of: sources.map(({ identity }) => identity), memory };
    this.#kept.set(executable, prepared);
    for (const source of sources) source.whenGone(executable, () => this.#drop(executable, prepared));
    this.#makeRoom(executable);
    return memory;
  }

  #drop(executable: Executable, prepared: Prepared): void {
    if (this.#kept.get(executable) !== prepared) return;
    this.#kept.delete(executable);
    for (const one of prepared.memory) one.release();
  }

  /** Drops what others keep while all of it is too much. */
  #makeRoom(needed: Executable): void {
    let bytes = 0;
    for (const { memory } of this.#kept.values()) for (const one of memory) bytes += one.bytes;
    for (const [executable, prepared] of this.#kept) {
      if (bytes <= mostBytes || executable === needed) return;
      for (const one of prepared.memory) bytes -= one.bytes;
      this.#drop(executable, prepared);
    }
  }
}
