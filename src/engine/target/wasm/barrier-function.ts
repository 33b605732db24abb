// The barrier at which the threads of a step meet, and how they learn that one of them failed.

import { FunctionWriter } from "./function-writer.ts";
import { control } from "./layout.ts";

/**
 * The body of `barrier() -> poison`. The last to arrive resets the chunk counter and moves the generation on; the
 * others look for that a few microseconds long, then sleep. Whoever poisons also moves the generation on.
 */
export function encodeBarrier(): Uint8Array<ArrayBuffer> {
  const writer = new FunctionWriter(0);
  const generation = writer.local("i32");
  const spins = writer.local("i32");
  loadWord(writer, control.generation);
  writer.set(generation);
  emitPoisonCheck(writer);
  writer.i32(0);
  writer.i32(1);
  writer.atomic("i32Add", control.arrived);
  writer.i32(1);
  writer.op("i32Add");
  loadWord(writer, control.numThreads);
  writer.op("i32Eq");
  writer.open("if");
  emitRelease(writer);
  writer.op("else");
  loadWord(writer, control.spins);
  writer.set(spins);
  emitWait(writer, generation, spins);
  writer.op("end");
  loadWord(writer, control.poison);
  return writer.finish();
}

function emitRelease(writer: FunctionWriter): void {
  for (const word of [control.counter, control.arrived]) {
    writer.i32(0);
    writer.i32(0);
    writer.atomic("i32Store", word);
  }
  writer.i32(0);
  writer.i32(1);
  writer.atomic("i32Add", control.generation);
  writer.op("drop");
  loadWord(writer, control.sleepers);
  writer.open("if");
  writer.i32(0);
  writer.i32(-1);
  writer.atomic("notify", control.generation);
  writer.op("drop", "end");
}

function emitWait(writer: FunctionWriter, generation: number, spins: number): void {
  const isUnchanged = (): void => {
    loadWord(writer, control.generation);
    writer.get(generation);
    writer.op("i32Eq");
  };
  writer.open("block");
  writer.open("loop");
  isUnchanged();
  writer.op("i32Eqz");
  writer.branch("brIf", 1);
  writer.get(spins);
  writer.i32(1);
  writer.op("i32Sub");
  writer.tee(spins);
  writer.branch("brIf", 0);
  writer.op("end");
  count(writer, "i32Add");
  writer.open("loop");
  isUnchanged();
  writer.open("if");
  writer.i32(0);
  writer.get(generation);
  writer.i64(-1);
  writer.atomic("wait32", control.generation);
  writer.op("drop");
  writer.branch("br", 1);
  writer.op("end", "end");
  count(writer, "i32Sub");
  writer.op("end");
}

function count(writer: FunctionWriter, name: "i32Add" | "i32Sub"): void {
  writer.i32(0);
  writer.i32(1);
  writer.atomic(name, control.sleepers);
  writer.op("drop");
}

function loadWord(writer: FunctionWriter, address: number): void {
  writer.i32(0);
  writer.atomic("i32Load", address);
}

/** Returns 1 where a thread has failed. */
export function emitPoisonCheck(writer: FunctionWriter): void {
  writer.i32(0);
  writer.atomic("i32Load", control.poison);
  writer.open("if");
  writer.i32(1);
  writer.op("return", "end");
}
