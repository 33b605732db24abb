// What runs machine code in tests: the processor itself or the emulator.
import type { Kernel, TargetTraits } from "#engine/graph/kernel.ts";
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";

/** Memory that nothing moves. */
export interface Region {
  readonly address: bigint;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A kernel's function. */
export type KernelCall = (buffers: bigint, chunk: number, scratch: bigint) => void;

export interface Machine {
  /** Zeros, at a multiple of 4. */
  allocate(bytes: number): Region;
  function(code: KernelCode): KernelCall;
  /** Gives everything back. */
  [Symbol.dispose](): void;
}

/** What makes machine code of kernels. */
export interface CodeTarget {
  readonly name: string;
  readonly traits: TargetTraits;
  readonly encode: (kernel: Kernel) => KernelCode;
}

/** A region that holds addresses. */
export function addressTable(machine: Machine, addresses: readonly bigint[]): Region {
  const region = machine.allocate(addresses.length * 8);
  const table = BigUint64Array.from(addresses);
  region.bytes.set(new Uint8Array(table.buffer));
  return region;
}
