// The emulator as a machine with memory of its own.
import type { KernelCode } from "#engine/target/x64/encode-kernel.ts";
import { Emulator, memoryStart } from "./emulator.ts";
import type { KernelCall, Machine, Region } from "./machine.ts";

const stackBytes = 1 << 18;

/** A machine with some memory. */
export function openEmulator(bytes: number): Machine {
  const emulator = new Emulator(bytes + stackBytes);
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
