// An emulator as a machine with memory of its own.
import type { KernelCode } from "#engine/target/machine/kernel-code.ts";
import type { KernelCall, Machine, Region } from "./machine.ts";

const stackBytes = 1 << 18;

/** Where emulated memory begins. */
export const memoryStart = 0x10000000;

/** Memory, and code in it as functions of three arguments. */
export interface Emulator {
  readonly memory: DataView;
  function(
    code: Uint8Array,
    instructionBytes: number,
    address: number,
  ): (...args: readonly [number, number, number]) => void;
}

/** What opens machines with some memory. */
export function emulated(make: (bytes: number) => Emulator): (bytes: number) => Machine {
  return (bytes) => openEmulated(make(bytes + stackBytes), bytes);
}

function openEmulated(emulator: Emulator, bytes: number): Machine {
  let top = 0;
  const allocate = (size: number): Region => {
    const start = top;
    top = Math.ceil((top + size) / 64) * 64;
    if (top > bytes) throw new Error("The emulator's memory is full.");
    const whole = new Uint8Array(emulator.memory.buffer as ArrayBuffer, start, size);
    whole.fill(0);
    return { address: BigInt(memoryStart + start), bytes: whole };
  };
  const kernel = ({ code, instructionBytes }: KernelCode): KernelCall => {
    const address = Number(allocate(code.length).address);
    const call = emulator.function(code, instructionBytes, address);
    return (buffers, chunk, scratch) => call(Number(buffers), chunk, Number(scratch));
  };
  return {
    allocate,
    function: kernel,
    [Symbol.dispose]: () => {
      top = 0;
    },
  };
}
