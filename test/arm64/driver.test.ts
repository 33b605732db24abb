// The driver's arm64 code as one thread runs it: every chunk of every group once, in order, under its float mode.
import { expect, test } from "vitest";
import { add, elementAt, int, KernelBuilder, load } from "#engine/graph/kernel.ts";
import { encodeDriver } from "#engine/target/arm64/driver.ts";
import { encodeKernel } from "#engine/target/arm64/encode-kernel.ts";
import { floatMode } from "#engine/target/arm64/traits.ts";
import { control, group } from "#engine/target/machine/layout.ts";
import { memoryStart } from "../machine/emulated-machine.ts";
import { Emulator } from "./emulator.ts";

const places = {
  control: 0x1000,
  table: 0x2000,
  buffers: 0x3000,
  data: 0x4000,
  scratch: 0x5000,
  code: 0x6000,
  driver: 0x7000,
};
const [numChunks, numSingles] = [5, 3];

/** Buffer 0: a count at 0, and what the count was when each chunk ran. */
function countingKernel() {
  const builder = new KernelBuilder();
  const counter = builder.buffer(0);
  const count = builder.let(load("i32", "i32", counter));
  builder.store("i32", elementAt(counter, "i32", add(builder.chunk, int(1))), count);
  builder.store("i32", counter, add(count, int(1)));
  return encodeKernel(builder.finish({ name: "count", numBuffers: 1, numChunks, flops: 0, bytes: 0 }));
}

test("one thread runs all chunks of all groups", () => {
  const emulator = new Emulator(1 << 16);
  const { memory } = emulator;
  const write = (offset: number, ...words: readonly number[]): void =>
    words.forEach((word, index) => memory.setUint32(offset + index * 4, word, true));
  const kernel = countingKernel();
  emulator.function(kernel.code, kernel.instructionBytes, memoryStart + places.code);
  const driver = encodeDriver();
  const main = emulator.function(driver.code, driver.code.length, memoryStart + places.driver, driver.main);

  const call = [memoryStart + places.code, 0, memoryStart + places.buffers, 0];
  const table = [numChunks, 1, 0, 0, ...call, 1, numSingles, 0, 0, ...call, ...call, ...call];
  write(places.table, ...table);
  write(places.buffers, memoryStart + places.data, 0);
  write(places.control + control.numThreads, 1, 1, 0, floatMode);
  write(
    places.control + control.groups,
    memoryStart + places.table,
    0,
    memoryStart + places.table + table.length * 4,
    0,
  );
  write(places.control + control.scratch, memoryStart + places.scratch, 0, 256, 0);

  let numSystemCalls = 0;
  emulator.onSystemCall = () => (numSystemCalls += 1);
  emulator.floatMode = 0x5n;
  main(memoryStart + places.control, 0, 0);

  expect(memory.getUint32(places.data, true)).toBe(numChunks + numSingles);
  const order = Array.from({ length: numChunks }, (_, chunk) => memory.getUint32(places.data + 4 + chunk * 4, true));
  // Chunk 0 ran again as each of the single calls.
  expect(order).toEqual([numChunks + numSingles - 1, 1, 2, 3, 4]);
  expect(memory.getUint32(places.control + control.generation, true)).toBe(2);
  expect(memory.getUint32(places.control + control.runs, true)).toBe(1);
  expect([control.counter, control.arrived].map((word) => memory.getUint32(places.control + word, true))).toEqual([
    0, 0,
  ]);
  expect(memory.getBigUint64(places.table + group.ticks, true)).toBeLessThan(10n ** 9n);
  expect(emulator.floatMode).toBe(0x5n);
  expect(numSystemCalls).toBe(0);
});

test("who announces a run wakes those who sleep", () => {
  const emulator = new Emulator(1 << 16);
  const driver = encodeDriver();
  const wake = emulator.function(driver.code, driver.code.length, memoryStart + places.driver, driver.wake);
  emulator.memory.setUint32(places.control + control.idle, 2, true);
  const calls: bigint[][] = [];
  emulator.onSystemCall = () => calls.push([...emulator.general.subarray(0, 4), emulator.general[8]!]);
  wake(memoryStart + places.control, 0, 0);
  const [all, futex, privateWake] = [0x7fffffffn, 98n, 129n];
  expect(calls).toEqual([[BigInt(memoryStart + places.control + control.runs), privateWake, all, 0n, futex]]);
});
